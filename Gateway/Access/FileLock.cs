using Granary.Vault.OutsideFiles;

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
            try
            {
                return OwnFile.Lock(path);
            }
            catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException or UnusableFileException) && waited < Patience)
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
