"""Names of the ways to compute; a recipe holds one."""

PLAIN = "float32"
PACKED = ("bfloat16 packed", "float32 packed")  # the quickest first
