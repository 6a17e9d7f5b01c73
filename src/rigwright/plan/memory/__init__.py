"""Does a run fit a card, and what would make it fit?"""
