// The programs of harness/node/drive that are put into the snapshot, by kind.
['import', 'exercise', 'install', 'bin', 'worker']
