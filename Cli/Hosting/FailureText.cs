using System.Security.Cryptography;
using System.Text.Json;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Evidence;
using Granary.Vault.OutsideFiles;
using Granary.Vault.Proofs;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Storage;

namespace Granary.Cli.Hosting;

/// <summary>Says what the library's and the machine's failures mean to the user.</summary>
internal static class FailureText
{
    /// <summary>The failure as a user sees it.</summary>
    public static CliFailure Explain(string command, Exception failure) => failure switch
    {
        CliFailure told => told,
        VaultStorageException stored => Explain(command, stored),
        PsmcInputException or BackpackInputException or ProofInputException or EvidenceException => Refused(command, failure),
        CanonicalJsonException => new CliFailure($"{command} was given text that is not JSON it can use", failure.Message, "correct the text", "docs/provara.md", failure),
        // The parser's own words are about its reader, not about the text.
        JsonException => new CliFailure(
            $"{command} was given text that is not JSON it can use", "it is not well-formed, or nested too deep", "correct the text", "docs/provara.md", failure),
        FormatException => new CliFailure(
            $"{command} could not read a file of the vault or of its keys", failure.Message,
            "run provara verify to see what else is wrong", "docs/provara.md", failure),
        CryptographicException => new CliFailure(
            $"{command} could not use a key", failure.Message, "check that the key file is the vault's", "provara help keys", failure),
        UnauthorizedAccessException => new CliFailure(
            $"{command} is not allowed to", failure.Message, "run it as the owner of the files, or change their permissions", "docs/provara.md", failure),
        UnusableFileException => new CliFailure($"{command} cannot use a file", failure.Message, "put an ordinary file in its place", "docs/provara.md", failure),
        FileNotFoundException or DirectoryNotFoundException => new CliFailure(
            $"{command} did not find a file", failure.Message, "check the path", "docs/provara.md", failure),
        IOException => new CliFailure(
            $"{command} could not read or write", failure.Message, "check the disk and try again; nothing half-written counts", "docs/provara.md", failure),
        HttpRequestException => new CliFailure(
            $"{command} could not reach the other side", failure.Message, "check the address and that it is running", "docs/provara.md", failure),
        PlatformNotSupportedException or DllNotFoundException => new CliFailure(
            $"{command} lacks a library", failure.Message, "use the build for this system: its folder has libsodium beside the program", "docs/provara.md", failure),
        OutOfMemoryException => new CliFailure(
            $"{command} needs more memory than there is", "the vault or a file is too large for this machine", "free memory, or use a larger machine",
            "docs/provara.md", failure),
        _ => Unforeseen(command, failure),
    };

    /// <summary>A fault of this program. The first line of what was thrown says enough to report it.</summary>
    private static CliFailure Unforeseen(string command, Exception failure) => new(
        $"{command} failed, and nobody foresaw how", $"{failure.GetType().Name}: {failure.Message.Split('\n')[0].TrimEnd()}",
        "check the vault with provara verify PATH, and report this line together with the command", "docs/provara.md", failure);

    private static CliFailure Refused(string command, Exception failure) =>
        new($"{command} refused its input", failure.Message, "correct it and try again; nothing was written", $"provara {command} --help", failure);

    private static CliFailure Explain(string command, VaultStorageException failure) => failure.Failure switch
    {
        VaultStorageFailure.NotFound => new CliFailure(
            $"{command} found no vault", failure.Message, "check the path, or make one with provara init PATH", "provara init --help", failure),
        VaultStorageFailure.AlreadyExists => new CliFailure(
            $"{command} would overwrite what is there", failure.Message, "choose a path that does not exist yet", "provara init --help", failure),
        VaultStorageFailure.Locked => new CliFailure(
            $"{command} found the vault in use", failure.Message,
            "wait for the other process to end, or talk to the gateway that has it open with --gateway URL", "docs/provara.md", failure),
        VaultStorageFailure.Refused => new CliFailure(
            $"{command} was refused by the disk", failure.Message, "check space and permissions; nothing was changed", "docs/provara.md", failure),
        VaultStorageFailure.Damaged => new CliFailure(
            $"{command} found the vault damaged", failure.Message,
            "run provara verify PATH to see every finding; restore a backup if it cannot be explained", "provara verify --help", failure),
        VaultStorageFailure.OutcomeUnknown => new CliFailure(
            $"{command} does not know whether it was done", failure.Message,
            "look with provara query or provara verify before you repeat it", "docs/provara.md", failure),
        _ => new CliFailure($"{command} could not reach the vault's store", failure.Message, "try again", "docs/provara.md", failure),
    };
}
