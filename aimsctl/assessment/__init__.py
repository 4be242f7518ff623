"""Floor 3: the engines. A workspace and a day go in, values come out; nothing prints, writes or reads the clock."""
