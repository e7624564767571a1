# Patterns that take exponential time where a matcher goes back.
x=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
echo "$x!" | grep -E '^(a+)+$'
echo "$x!" | sed -E 's/^(a|a)*(a|a)*(a|a)*$/y/'
case "$x!" in *a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b) echo matched ;; esac
echo "${x##*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b}" | grep -E '((a{1,1000}){1,1000}){1,1000}'
