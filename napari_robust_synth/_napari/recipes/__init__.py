"""How a result was made: kept, shown, saved, and made again."""
