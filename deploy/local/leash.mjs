// Loaded before a program that the supervisor starts: when the channel to it closes, also because it was killed, the
// program and all that it started are told to end, and end after a bound even if they don't listen. What it starts with the
// same arguments (jest its workers) has another parent, and leaves this to it.
const BOUND_MS = 20_000;

if (Number(process.env.LIENTHONG_LEASHED_BY) === process.ppid) {
  // The supervisor gives each program a process group of its own.
  const tellAll = (signal) => process.kill(-process.pid, signal);
  process.once('disconnect', () => {
    setTimeout(() => tellAll('SIGKILL'), BOUND_MS).unref();
    tellAll('SIGTERM');
  });
  process.channel?.unref();
}
