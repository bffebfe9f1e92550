def write(session): pass
