"""A benchmark small enough to run anywhere: images of text -> a reader -> text -> metrics."""
