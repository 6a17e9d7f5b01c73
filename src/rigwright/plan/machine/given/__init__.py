"""What a search is given by a goal: parts of the day with prices, demands, choices of cards."""
