// A generator without end, spread into a list.
function* numbers() { for (let i = 0; ; i++) yield i; }
[...numbers()];
