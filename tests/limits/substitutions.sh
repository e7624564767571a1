# A variable that doubles for ever.
x=xxxxxxxxxxxxxxxx
while true; do x="$x$x"; done
