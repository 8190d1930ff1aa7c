using Granary.Vault.OutsideFiles;

namespace Granary.Vault.Storage.FileSystem;

/// <summary>Turns what the file system throws into the store's failures, in words without paths.</summary>
internal static class StorageFailures
{
    private const int NoSpaceUnix = 28;
    private const int QuotaUnix = 122;
    private const int NoSpaceWindows = unchecked((int)0x80070070);

    public static bool IsIo(Exception failure) => failure is IOException or UnauthorizedAccessException;

    public static VaultStorageException Refused(Exception failure) => new(VaultStorageFailure.Refused, Sentence(failure), failure);

    public static VaultStorageException Unknown(Exception failure) =>
        new(VaultStorageFailure.OutcomeUnknown, "Whether the events were stored is not known: the device failed while they were written.", failure);

    /// <summary>Runs work whose failures change nothing.</summary>
    public static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (IsIo(failure))
        {
            throw Refused(failure);
        }
    }

    private static string Sentence(Exception failure) => failure switch
    {
        UnusableFileException => failure.Message,
        UnauthorizedAccessException => "The store has no permission to write; grant it on the data folder and try again.",
        IOException { HResult: NoSpaceUnix or NoSpaceWindows } => "The store's disk is full; free some space and try again.",
        IOException { HResult: QuotaUnix } => "The store's disk quota is used up; raise it or free some space and try again.",
        FileNotFoundException or DirectoryNotFoundException => "A file of the vault is missing.",
        _ => "The store's device reported an error; nothing was stored.",
    };
}
