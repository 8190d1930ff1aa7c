using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Cli.Verification;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Evidence.Timestamps;
using Granary.Vault.Storage;

namespace Granary.Cli.Commands.Evidence;

/// <summary><c>verify-timestamps</c>: the tokens of events and of states.</summary>
internal sealed class VerifyTimestampsCommand : VaultCommand
{
    private readonly Option<string?> _anchors;

    public VerifyTimestampsCommand() : base("verify-timestamps", "Checks every RFC 3161 token of the vault. Exit code 1 when one does not hold; without --trust nothing says whose word it is.") =>
        _anchors = With(new Option<string?>("--trust")
        {
            Description = "A PEM file with the certificates of authorities you trust; without it no timestamp counts as valid",
            HelpName = "FILE",
        });

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var place = Place(run).Expect(psmc: false);
        using var reader = place.Read();
        var anchors = run.Get(_anchors) is { } file ? AuthorityCertificates.Read(file) : null;
        var sound = await CheckAllAsync(place, reader, null, cancellation);
        var trusted = anchors is null ? [] : await CheckAllAsync(place, reader, anchors, cancellation);
        // Of what is sound, only what a trusted authority signed is valid; without --trust nobody knows whose word it is.
        List<Judged> checks = [.. sound.Select((check, i) => check.Problem is not null
            ? new Judged(check, "BROKEN")
            : anchors is null ? new Judged(check, "UNTRUSTED") : new Judged(trusted[i], trusted[i].Problem is null ? "VALID" : "UNTRUSTED"))];
        var bad = checks.Count(judged => judged.Check.Problem is not null);
        return new Outcome(
            new JsonObject { ["checked"] = checks.Count, ["invalid"] = bad, ["timestamps"] = new JsonArray([.. checks.Select(ToJson)]) },
            screen =>
            {
                if (checks.Count == 0)
                {
                    screen.Line("The vault has no timestamps.");
                    return;
                }
                foreach (var (check, verdict) in checks)
                    screen.Line($"  [{verdict}] {check.EventId}: {check.Time:u} {check.Signer} {check.Problem}".TrimEnd());
                var valid = checks.Count(judged => judged.Verdict == "VALID");
                screen.Verdict(bad == 0, valid == checks.Count
                    ? $"{valid} of {checks.Count} timestamp(s) hold."
                    : $"{valid} of {checks.Count} timestamp(s) hold and are by an authority you trust; --trust FILE names its certificate.");
            },
            bad == 0 ? 0 : 1);
    }

    private static List<VaultDocument> Beside(VaultPlace place) => !Directory.Exists(place.TimestampsFolder) ? [] :
    [
        .. Directory.EnumerateFiles(place.TimestampsFolder, "*.tst").Order(StringComparer.Ordinal).Select(file => new VaultDocument(
            EventTimestamps.NameOf(Path.GetFileNameWithoutExtension(file)), OutsideFile.Read(file, "A timestamp"))),
    ];

    private static async Task<List<TimestampCheck>> CheckAllAsync(
        VaultPlace place, IVaultReader reader, X509Certificate2Collection? anchors, CancellationToken cancellation) =>
    [
        .. await EventTimestamps.CheckAsync(reader, anchors, cancellation),
        .. await EventTimestamps.CheckAsync(reader, Beside(place), anchors, cancellation),
        .. await CheckStatesAsync(reader, anchors, cancellation),
    ];

    private static async Task<List<TimestampCheck>> CheckStatesAsync(IVaultReader reader, X509Certificate2Collection? anchors, CancellationToken cancellation)
    {
        var checks = new List<TimestampCheck>();
        await foreach (var line in EventLines.ReadAsync(reader, null, cancellation))
        {
            if (line.Text.Span.IndexOf("timestamp_anchor"u8) >= 0 && Check(line.Text.Span, anchors) is { } check)
                checks.Add(check);
        }
        return checks;
    }

    private static TimestampCheck? Check(ReadOnlySpan<byte> line, X509Certificate2Collection? anchors)
    {
        using var scratch = new PooledBuffer(line.Length + 16);
        if (!BackpackEvent.TryRead(line, scratch, out var written) || StateAnchor.From(written) is not { } anchor)
            return null;
        try
        {
            var token = TimestampToken.Read(anchor.Response);
            return new TimestampCheck(written.Id ?? "", token.Time, token.Signer, anchor.Problem(anchors));
        }
        catch (FormatException failure)
        {
            return new TimestampCheck(written.Id ?? "", null, null, failure.Message);
        }
    }

    private static JsonNode ToJson(Judged judged) => new JsonObject
    {
        ["event_id"] = judged.Check.EventId,
        ["valid"] = judged.Verdict == "VALID",
        ["verdict"] = judged.Verdict,
        ["time"] = judged.Check.Time?.ToString("O"),
        ["signer"] = judged.Check.Signer,
        ["problem"] = judged.Check.Problem,
    };

    private sealed record Judged(TimestampCheck Check, string Verdict);
}
