namespace Granary.Silo.Membership;

/// <summary>
/// Ends the process when the others have declared this silo dead, or when it cannot go on for another reason of Orleans': its supervisor starts it again, as a new
/// silo. With an exit code and a sentence in place of Orleans' own crash, which writes a dump for seconds.
/// </summary>
internal sealed class FatalEnd : IFatalErrorHandler
{
    /// <summary>The exit code that asks to be started again.</summary>
    public const int ExitCode = 70;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private int _ending;

    public bool IsUnexpected(Exception exception) => exception is not ThreadAbortException;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        if (Interlocked.Exchange(ref _ending, 1) == 1)
            return;
        Console.Error.WriteLine(
            $"Error: this silo cannot go on and ends, to be started again (exit code {ExitCode}): {exception?.Message ?? context ?? "Orleans gave no reason."}");
        // What it still does is worth nothing to the others, so nothing is waited for; a process that does not end by itself is ended.
        new Thread(() =>
        {
            Thread.Sleep(Patience);
            Environment.FailFast("The silo did not end.");
        }) { IsBackground = true }.Start();
        new Thread(() => Environment.Exit(ExitCode)) { IsBackground = true }.Start();
    }
}
