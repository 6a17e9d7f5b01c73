"""Tables of facts with source and date: their reader, and those that several rooms need."""
