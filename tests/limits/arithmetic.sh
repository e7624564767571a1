# Counts for ever.
i=0
while [ $((i = i + 1)) -gt 0 ]; do :; done
