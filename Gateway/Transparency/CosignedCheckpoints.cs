using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Granary.Gateway.Tools.Vaults;
using Granary.Tenants;
using Granary.Vault.Proofs;
using Granary.Vault.Transparency;

namespace Granary.Gateway.Transparency;

/// <summary>
/// The checkpoint that is served: with witnesses, the youngest that enough of them signed. They are asked when somebody reads the checkpoint, not at each
/// append, and the result is kept beside the vault, where every gateway finds it. Readers are never shown a tree that too few witnesses saw.
/// </summary>
internal sealed partial class CosignedCheckpoints(WitnessList? witnesses, WitnessClient client, TimeProvider time, ILogger<CosignedCheckpoints> log)
{
    /// <summary>Witnesses of one log are asked so often at most; between, what is kept is served.</summary>
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5);

    private const int MaxRemembered = 10_000;

    private readonly ILogger<CosignedCheckpoints> _log = log;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _asked = new(StringComparer.Ordinal);

    /// <exception cref="TenantException">Too few witnesses signed, and no older checkpoint has enough signatures.</exception>
    public async Task<SignedNote> GetAsync(IVault vault, string origin, CancellationToken cancellation)
    {
        using var answer = await VaultJson.RunAsync(vault, "log_checkpoint", json => json.WriteString("origin", origin), cancellation);
        var fresh = Read(answer.RootElement.GetProperty("checkpoint"))!;
        if (witnesses is null)
            return fresh;
        var kept = Read(answer.RootElement.GetProperty("kept"));
        var isKept = kept is not null && witnesses.Accepts(kept, time.GetUtcNow());
        if ((isKept && kept!.Text == fresh.Text) || !MayAsk(origin))
            return isKept ? Complete(kept!, fresh) : throw TooFew([]);
        var (signed, problems) = await AskAsync(vault, fresh, kept, cancellation);
        if (witnesses.Accepts(signed, time.GetUtcNow()))
        {
            await KeepAsync(vault, signed, cancellation);
            return signed;
        }
        return isKept ? Complete(kept!, fresh) : throw TooFew(problems);
    }

    private static SignedNote? Read(JsonElement text) => text.GetString() is { } note ? SignedNote.Read(Encoding.UTF8.GetBytes(note)) : null;

    /// <summary>What was kept before the tenant had a key gets its signature, where it says the same.</summary>
    private static SignedNote Complete(SignedNote kept, SignedNote fresh) => kept.Text != fresh.Text
        ? kept
        : fresh.Signatures.Where(line => !kept.Signatures.Any(other => other.Name == line.Name && other.KeyId == line.KeyId))
            .Aggregate(kept, (note, line) => note.With(line));

    private bool MayAsk(string origin)
    {
        var now = time.GetUtcNow();
        if (_asked.Count > MaxRemembered)
            _asked.Clear();
        if (_asked.TryGetValue(origin, out var last) && now - last < AskEvery)
            return false;
        _asked[origin] = now;
        return true;
    }

    private async Task<(SignedNote Note, IReadOnlyList<string> Problems)> AskAsync(
        IVault vault, SignedNote fresh, SignedNote? kept, CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(witnesses!.Witnesses.Select(witness => AskAsync(vault, witness, fresh, kept, cancellation)));
        var note = answers.SelectMany(answer => answer.Signatures).Aggregate(fresh, (signed, signature) => signed.With(signature));
        return (note, [.. answers.Select(answer => answer.Problem).OfType<string>()]);
    }

    private async Task<(IReadOnlyList<NoteSignature> Signatures, string? Problem)> AskAsync(
        IVault vault, AskedWitness witness, SignedNote fresh, SignedNote? kept, CancellationToken cancellation)
    {
        var size = LogCheckpoint.Parse(fresh.Text).Size;
        var known = kept is not null && kept.IsSignedBy(witness.Key) ? Math.Min(size, LogCheckpoint.Parse(kept.Text).Size) : 0;
        try
        {
            return (await client.AskAsync(witness, fresh, known, first => ProveAsync(vault, first, size, cancellation), cancellation), null);
        }
        catch (WitnessException failure)
        {
            LogRefused(witness.Key.Name, LogCheckpoint.Parse(fresh.Text).Origin, failure.Message);
            return ([], $"{witness.Key.Name}: {failure.Message}");
        }
    }

    private static async Task<ConsistencyProof> ProveAsync(IVault vault, long first, long second, CancellationToken cancellation)
    {
        using var answer = await VaultJson.RunAsync(
            vault, "prove_consistency",
            json =>
            {
                json.WriteNumber("first_count", first);
                json.WriteNumber("second_count", second);
            },
            cancellation);
        return ConsistencyProof.Read(Encoding.UTF8.GetBytes(answer.RootElement.GetProperty("proof").GetRawText()));
    }

    private static async Task KeepAsync(IVault vault, SignedNote note, CancellationToken cancellation)
    {
        using var _ = await VaultJson.RunAsync(
            vault, "log_keep", json => json.WriteString("checkpoint", Encoding.UTF8.GetString(note.Write())), cancellation);
    }

    private TenantException TooFew(IReadOnlyList<string> problems) => new(
        TenantFailure.Unavailable,
        $"Fewer than {witnesses!.Needed} witnesses vouch for this log now{(problems.Count == 0 ? "" : $" ({string.Join("; ", problems)})")}; "
        + "ask again in a few seconds.",
        AskEvery);

    [LoggerMessage(1, LogLevel.Warning, "The witness {Witness} did not sign the log {Origin}: {Reason}")]
    private partial void LogRefused(string witness, string origin, string reason);
}
