"""Picture files and the recipes in them: read and written without losing a bit."""
