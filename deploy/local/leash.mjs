// Loaded before a program that the supervisor starts: when the channel to it closes, also because it was killed, the
// program is told to end, and ends after a bound even if it doesn't listen. What that program starts in its turn with the
// same arguments (jest its workers) has another parent, and is left alone.
const BOUND_MS = 20_000;

if (Number(process.env.LIENTHONG_LEASHED_BY) === process.ppid) {
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), BOUND_MS).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  process.channel?.unref();
}
