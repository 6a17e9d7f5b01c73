"""Tables of facts with source and date, and files of users: their readers, one for each."""
