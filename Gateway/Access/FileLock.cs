namespace Granary.Gateway.Access;

/// <summary>Keeps other processes away from a file while one changes it. The operating system ends it with the process.</summary>
internal static class FileLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <exception cref="InvalidDataException">Another process has it for too long, or the lock file cannot be made.</exception>
    public static IDisposable Take(string path)
    {
        for (var waited = TimeSpan.Zero; ; waited += Pause)
        {
            // A link planted here would make a file of somebody else's choice.
            if (new FileInfo(path).LinkTarget is not null)
                throw new InvalidDataException($"'{path}' is a link, which a lock file never is; remove it.");
            try
            {
                return new FileStream(path, PrivateFile.Options(FileMode.OpenOrCreate));
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && waited < Patience)
            {
                Thread.Sleep(Pause);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new InvalidDataException($"'{path}' cannot be locked: {e.Message}", e);
            }
        }
    }
}
