using System.Globalization;
using System.Text;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Canonical;
using Granary.Vault.Checkpoints;
using Granary.Vault.Keys;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack;

/// <summary>
/// The documents of a vault that repeat what its events say: checkpoints, the saved state, the reference's query index, and the state that is kept
/// beside it to go on from. All of them follow from the log and none may outlive what is erased there, so they go before a redaction, and those that
/// this library can make are made anew after it.
/// </summary>
internal sealed class DerivedCopies(IVaultLog log)
{
    private const string StateName = "state/current_state.json";
    private const string IndexFolder = ".index";
    private const string CheckpointSuffix = ".chk";

    private bool _owesCheckpoint;
    private bool _owesState;
    private bool _owesResume;

    /// <summary>Whether a document of this name is such a copy.</summary>
    public static bool Includes(string name) =>
        name.StartsWith(Checkpoint.Folder + "/", StringComparison.Ordinal) || name.StartsWith(IndexFolder + "/", StringComparison.Ordinal) || name == StateName;

    /// <summary>Drops all of them.</summary>
    public async Task DropAsync(CancellationToken cancellation)
    {
        foreach (var name in await log.ListDocumentsAsync(Checkpoint.Folder, cancellation))
        {
            _owesCheckpoint |= name.EndsWith(CheckpointSuffix, StringComparison.Ordinal);
            await log.DeleteDocumentAsync(name, cancellation);
        }
        foreach (var name in await log.ListDocumentsAsync(IndexFolder, cancellation))
            await log.DeleteDocumentAsync(name, cancellation);
        _owesResume |= await log.ReadBesideAsync(ResumePoint.Name, cancellation) is { IsEmpty: false };
        await ResumePoint.DropAsync(log, cancellation);
        if (await log.ReadDocumentAsync(StateName, cancellation) is null)
            return;
        _owesState = true;
        await log.DeleteDocumentAsync(StateName, cancellation);
    }

    /// <summary>Drops the checkpoints, and the state beside the vault, that end at or before a position; false where no checkpoint does.</summary>
    public async Task<bool> DropUpToAsync(long position, CancellationToken cancellation)
    {
        var dropped = false;
        if (await log.ReadBesideAsync(ResumePoint.Name, cancellation) is { IsEmpty: false } json && PositionOf(json.Span) <= position)
            await ResumePoint.DropAsync(log, cancellation);
        foreach (var name in await log.ListDocumentsAsync(Checkpoint.Folder, cancellation))
        {
            if (CountOf(name) > position)
                continue;
            await log.DeleteDocumentAsync(name, cancellation);
            dropped = true;
        }
        return dropped;
    }

    /// <summary>Makes anew what was dropped, from the log as it is now.</summary>
    public async Task RenewAsync(SigningKey signer, TimeProvider time, CancellationToken cancellation)
    {
        if (!_owesCheckpoint && !_owesState && !_owesResume)
            return;
        using var reducer = new LogReducer(BackpackFormat.View);
        await reducer.CatchUpAsync(log, progress: null, cancellation);
        if (_owesState)
        {
            using var text = new PooledBuffer(64 * 1024);
            reducer.State.WriteState(text);
            text.Write((byte)'\n');
            await log.WriteDocumentAsync(new VaultDocument(StateName, text.Written.ToArray()), derived: false, cancellation);
        }
        if (_owesCheckpoint && reducer.Position == log.Head.Count)
        {
            var root = await log.ReadDocumentAsync(Manifest.RootName, cancellation) is { } found ? Encoding.ASCII.GetString(found.Span).Trim() : null;
            await log.WriteDocumentAsync(Checkpoint.Write(reducer.State, signer, time.GetUtcNow(), root), derived: false, cancellation);
        }
        if (_owesResume && reducer.Position == log.Head.Count)
            await ResumePoint.KeepAsync(log, ResumePoint.Write(reducer.State, log.Head, signer, time.GetUtcNow()), log.Head, cancellation);
        (_owesCheckpoint, _owesState, _owesResume) = (false, false, false);
    }

    /// <summary>Where a state beside the vault ends; one that cannot be read is used by nobody, and goes.</summary>
    private static long PositionOf(ReadOnlySpan<byte> resume)
    {
        try
        {
            return ResumePoint.Read(resume).Head.Count;
        }
        catch (FormatException)
        {
            return 0;
        }
    }

    /// <summary>How many events a checkpoint counts, by its name. One of another name is no checkpoint of ours, and stays.</summary>
    private static long CountOf(string name) =>
        name.EndsWith(CheckpointSuffix, StringComparison.Ordinal)
        && long.TryParse(
            name.AsSpan(Checkpoint.Folder.Length + 1, name.Length - Checkpoint.Folder.Length - 1 - CheckpointSuffix.Length),
            NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : long.MaxValue;
}
