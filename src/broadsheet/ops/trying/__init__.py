"""What the wire would make of something: the code behind `broadsheet try`. Needs no database and no data folder."""
