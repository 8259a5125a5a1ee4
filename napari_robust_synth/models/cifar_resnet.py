"""ResNets for pictures of 32 px: a 3x3 stem that keeps the size, as `robustness` and RobustBench name their layers."""

from __future__ import annotations

from torch import Tensor, nn

WIDTHS = (64, 128, 256, 512)
# Blocks in each layer, and whether a block has three convolutions (1x1, 3x3, 1x1) or two (3x3).
DEPTHS = {
    "cifar_resnet18": ((2, 2, 2, 2), False),
    "cifar_resnet34": ((3, 4, 6, 3), False),
    "cifar_resnet50": ((3, 4, 6, 3), True),
    "cifar_resnet101": ((3, 4, 23, 3), True),
    "cifar_resnet152": ((3, 8, 36, 3), True),
}


class Block(nn.Module):
    """Two or three convolutions beside a shortcut: (N, inside, H, W) -> (N, outside, H / stride, W / stride)."""

    def __init__(self, inside: int, width: int, stride: int, bottleneck: bool) -> None:
        super().__init__()
        outside = 4 * width if bottleneck else width
        self.conv1 = _conv(inside, width, 1, 1) if bottleneck else _conv(inside, width, 3, stride)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = _conv(width, width, 3, stride if bottleneck else 1)
        self.bn2 = nn.BatchNorm2d(width)
        if bottleneck:
            self.conv3, self.bn3 = _conv(width, outside, 1, 1), nn.BatchNorm2d(outside)
        self.bottleneck = bottleneck
        self.relu = nn.ReLU()
        self.shortcut = nn.Sequential()
        if stride != 1 or inside != outside:
            self.shortcut = nn.Sequential(_conv(inside, outside, 1, stride), nn.BatchNorm2d(outside))

    def forward(self, x: Tensor) -> Tensor:
        """Add the convolved input to the shortcut, and rectify."""
        out = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        if self.bottleneck:
            out = self.bn3(self.conv3(self.relu(out)))
        rectified: Tensor = self.relu(out + self.shortcut(x))
        return rectified


class CifarResNet(nn.Module):
    """A residual network of (N, 3, H, W) with a stem that keeps the picture's size.

    Parameters
    ----------
    arch : str
        A name of `DEPTHS`.
    num_classes : int
        Number of logits.
    """

    def __init__(self, arch: str, num_classes: int) -> None:
        super().__init__()
        blocks, bottleneck = DEPTHS[arch]
        self.conv1 = _conv(3, WIDTHS[0], 3, 1)
        self.bn1 = nn.BatchNorm2d(WIDTHS[0])
        self.relu = nn.ReLU()
        inside = WIDTHS[0]
        for i, (width, count) in enumerate(zip(WIDTHS, blocks, strict=True), 1):
            layer = []
            for j in range(count):
                layer.append(Block(inside, width, 2 if i > 1 and j == 0 else 1, bottleneck))
                inside = 4 * width if bottleneck else width
            self.add_module(f"layer{i}", nn.Sequential(*layer))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.linear = nn.Linear(inside, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map normalised images (N, 3, H, W) to class scores (N, classes)."""
        x = self.relu(self.bn1(self.conv1(x)))
        for i in range(1, 5):
            x = self.get_submodule(f"layer{i}")(x)
        scores: Tensor = self.linear(self.avgpool(x).flatten(1))
        return scores


def _conv(inside: int, outside: int, side: int, stride: int) -> nn.Conv2d:
    return nn.Conv2d(inside, outside, side, stride, padding=side // 2, bias=False)
