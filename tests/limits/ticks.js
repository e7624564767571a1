// The same with process.nextTick.
const again = () => process.nextTick(again);
again();
