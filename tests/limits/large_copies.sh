# Copies and reads of much, by programs of the shell.
while true; do
  head -c 3000000 /dev/zero > a
  cat a a a a a a | sort | md5sum
  grep -r x . > b
done
