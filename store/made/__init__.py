"""Files that somebody asked for and a job makes, there until they expire: what reports and exports have in common."""
