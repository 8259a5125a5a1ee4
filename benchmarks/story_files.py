"""The storyboard's second chapter, in a new window: every class, a counterfactual, and files."""

from collections.abc import Callable

from story import PLUGIN, Story
from watching import wait

from napari_robust_synth._napari.distances.dialog import DistanceDialog
from napari_robust_synth._napari.recipes.dialog import RecipeDialog


class Files(Story):
    def chapter(self) -> tuple[Callable[[], None], ...]:
        return (
            self.targeted_grid,
            self.counterfactual,
            self.save,
            self.reopen,
            self.replay,
            self.save_recipe,
            self.drop_recipe,
        )

    def targeted_grid(self) -> None:
        hand = self.hand
        hand.window.resize(1500, 940)
        hand.menu("File", "Open Sample", PLUGIN, "Translate: a photo to turn into another class")
        self.set_steps()
        dialog = self.side_by_side("Classes", "Grid")
        hand.click(dialog.form.classes.all_button)
        hand.shot("every class, before")
        self.run_series(dialog, 20)
        hand.shot("every class")
        dialog.close()
        hand.shot("every class, without the dialog")

    def counterfactual(self) -> None:
        hand, dock = self.hand, self.dock
        self.clear()
        hand.menu("File", "Open Sample", PLUGIN, "Counterfactual: a photo to turn with the smallest change")
        hand.click(dock.run_button)
        wait(lambda: dock.bar.value() > 3)
        hand.shot("a counterfactual is searched")
        self.ran()
        self.settle()
        hand.shot("counterfactual and difference")
        hand.press("Distance to every class…", dock)
        dialog = self.dialog(DistanceDialog)
        hand.click(dialog.run_button)
        wait(lambda: dialog.table.rowCount() >= 2)
        hand.click(dialog.run_button)
        wait(lambda: dialog.worker is None)
        hand.shot("distances")
        dialog.close()

    def save(self) -> None:
        hand = self.hand
        self.saved = self.folder / "counterfactual.png"
        self.result = self.viewer.layers["Samoyed · counterfactual"]
        self.select_layer(self.result)
        hand.file(lambda: hand.menu("File", "IO Utilities", "Save a result with its recipe…"), self.saved, "save")
        wait(self.saved.exists, 20)

    def reopen(self) -> None:
        hand, before = self.hand, self.result.data.copy()
        self.clear()
        hand.file(lambda: hand.menu("File", "Open File(s)..."), self.saved, "open")
        wait(lambda: len(self.viewer.layers) == 1, 20)
        assert (self.viewer.layers[0].data == before).all(), "the saved file has other pixels"
        wait(lambda: "carries its recipe" in self.dock.status.text(), 20)
        self.reopened = self.viewer.layers[0]
        hand.press("Recipe…", self.dock)
        self.recipe = self.dialog(RecipeDialog)
        hand.shot("the saved file, and its recipe")

    def replay(self) -> None:
        hand = self.hand
        hand.menu("File", "Open Sample", PLUGIN, "Inpaint: a tag to take away")
        self.select_layer(self.reopened)
        hand.choose(self.recipe.on.native, "Samoyed with a tag")
        hand.click(self.recipe.replay_button)
        hand.shot("replaying")
        wait(lambda: self.recipe.job is None)
        hand.shot("replayed on another picture")
        assert self.recipe.status.text().startswith("Done"), self.recipe.status.text()
        source, made = self.viewer.layers["Samoyed with a tag"], self.viewer.layers[-1]
        assert made.data.shape == source.data.shape and (made.data != source.data).any()

    def save_recipe(self) -> None:
        hand, self.written = self.hand, self.folder / "counterfactual.recipe.json"
        hand.file(lambda: hand.press("Save recipe…", self.recipe), self.written, "save the recipe")
        wait(lambda: self.recipe.job is None and self.written.exists(), 60)
        self.recipe.close()

    def drop_recipe(self) -> None:
        hand = self.hand
        self.clear()
        hand.choose(self.dock.task.native, "Paint")
        hand.drop(self.written)
        wait(lambda: self.dock.task.value == "counterfactual" and bool(self.viewer.layers), 30)
        hand.shot("a recipe dropped onto napari")
        assert self.dock.inputs.label.currentText() == "golden retriever", "the recipe's class is not in the form"
