"""BuildCores OpenDB: read an archive of it safely, mend its records, import them.

``archive`` and ``record`` keep hostile input out, ``mend`` turns raw records into
trusted parts and say which rule of ours changed or refused a value, ``merge`` joins duplicates,
``importing`` does all of it in one transaction. The data is under ODC-By 1.0: it is never part of
this program, and what was imported keeps the notice of its makers.
"""
