"""What the feature browser looks like; what it does is in `feature_dock`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QSize, Qt
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_robust_synth._napari.features.card import FeatureCard
from napari_robust_synth._napari.features.drawing import DrawingBox
from napari_robust_synth._napari.features.eyedropper import EyedropperBox
from napari_robust_synth._napari.features.listing import TILE, FeatureList
from napari_robust_synth._napari.models.choice import ModelChoice
from napari_robust_synth._napari.window.docks import Tabbed
from napari_robust_synth._napari.window.form_area import FormArea
from napari_robust_synth._napari.window.search_box import SearchBox

if TYPE_CHECKING:
    from napari.components import ViewerModel

COLUMN, ROW = TILE + 8, TILE + 24


class Grid(QListView):
    """Thumbnails in rows that follow the width."""

    def __init__(self, features: FeatureList) -> None:
        super().__init__()
        self.setModel(features)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(TILE, TILE))
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setMinimumHeight(2 * ROW)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Share the width among as many columns as fit."""
        viewport = self.viewport()
        assert viewport is not None
        width = viewport.width() - 2
        self.setGridSize(QSize(width // max(width // COLUMN, 1), ROW))
        super().resizeEvent(event)


class FeatureView(QWidget):
    """Search and filter above a grid; the chosen feature, and what can be done with it, below."""

    def __init__(self, viewer: ViewerModel) -> None:
        super().__init__()
        Tabbed(self)
        self.features = FeatureList()
        self.grid = Grid(self.features)
        self.card = FeatureCard(self.features)
        self.model = ModelChoice(self)
        self.search, self.label = QLineEdit(), SearchBox()
        self.search.setPlaceholderText("number or name: 725, sky")
        self.search.setClearButtonEnabled(True)
        self.search.setToolTip("Show the features with this number or name; several numbers with commas")
        self.label.setToolTip("Show the features that speak most for a class, the first most")
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, row in (("Classifier", self.model.native), ("Search", self.search), ("Class", self.label)):
            form.addRow(text, row)
        for combo in (self.model.native, self.label):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(8)
        self.shown, self.all_button = QLabel(), QPushButton("Show all")
        self.shown.setWordWrap(True)
        self.all_button.setToolTip("Show all features again, by number")
        self.grid.setToolTip("Click to see more of a feature; Return or a double-click uses it")
        above = QHBoxLayout()
        above.addWidget(self.shown, 1)
        above.addWidget(self.all_button)
        self.drawing = DrawingBox(lambda: self.model.value)
        self.eyedropper = EyedropperBox(viewer, lambda: self.model.value)
        self.status = QLabel()
        self.status.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addLayout(above)
        layout.addWidget(self.grid, 1)
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        for part in (self.drawing, self.card, self.eyedropper):
            below.addWidget(part)
        layout.addWidget(FormArea(lower))
        layout.addWidget(self.status)
