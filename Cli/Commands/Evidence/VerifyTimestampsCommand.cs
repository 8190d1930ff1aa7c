using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
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
        var anchors = run.Get(_anchors) is { } file ? Read(file) : null;
        var checks = new List<TimestampCheck>(await EventTimestamps.CheckAsync(reader, anchors, cancellation));
        checks.AddRange(await EventTimestamps.CheckAsync(reader, Beside(place), anchors, cancellation));
        checks.AddRange(await CheckStatesAsync(reader, anchors, cancellation));
        var bad = checks.Count(check => check.Problem is not null);
        return new Outcome(
            new JsonObject { ["checked"] = checks.Count, ["invalid"] = bad, ["timestamps"] = new JsonArray([.. checks.Select(ToJson)]) },
            screen =>
            {
                if (checks.Count == 0)
                {
                    screen.Line("The vault has no timestamps.");
                    return;
                }
                foreach (var check in checks)
                    screen.Line(
                        $"  [{check.Verdict}] {check.EventId}: {check.Time:u} {check.Signer} {check.Problem}".TrimEnd());
                var trusted = checks.Count(check => check.IsTrusted);
                screen.Verdict(bad == 0, trusted == checks.Count
                    ? $"{trusted} of {checks.Count} timestamp(s) hold."
                    : $"{trusted} of {checks.Count} timestamp(s) are by an authority you trust; name its certificate with --trust FILE.");
            },
            bad == 0 ? 0 : 1);
    }

    private static List<VaultDocument> Beside(VaultPlace place) => !Directory.Exists(place.TimestampsFolder) ? [] :
    [
        .. Directory.EnumerateFiles(place.TimestampsFolder, "*.tst").Order(StringComparer.Ordinal).Select(file => new VaultDocument(
            EventTimestamps.NameOf(Path.GetFileNameWithoutExtension(file)), OutsideFile.Read(file, "A timestamp"))),
    ];

    private static X509Certificate2Collection Read(string file)
    {
        var anchors = new X509Certificate2Collection();
        anchors.ImportFromPem(Encoding.ASCII.GetString(OutsideFile.Read(file, "The file with the authorities' certificates")));
        return anchors;
    }

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
            var problem = anchor.Problem(anchors);
            return new TimestampCheck(written.Id ?? "", token.Time, token.Signer, problem)
            {
                IsSound = anchor.Problem() is null,
                IsTrusted = anchors is not null && problem is null,
            };
        }
        catch (FormatException failure)
        {
            return new TimestampCheck(written.Id ?? "", null, null, failure.Message);
        }
    }

    private static JsonNode ToJson(TimestampCheck check) => new JsonObject
    {
        ["event_id"] = check.EventId,
        ["valid"] = check.Verdict == "VALID",
        ["verdict"] = check.Verdict,
        ["trusted"] = check.IsTrusted,
        ["time"] = check.Time?.ToString("O"),
        ["signer"] = check.Signer,
        ["problem"] = check.Problem,
    };
}
