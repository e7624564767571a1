# Output without end into a pipe that nobody empties.
yes | sleep 100000000
yes
