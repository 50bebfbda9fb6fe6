def bench(*a):
    pass
