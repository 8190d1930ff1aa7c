using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Cli.Vaults;
using Granary.Vault.Evidence.Stamps;
using Granary.Vault.Proofs;
using Granary.Vault.Storage;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Cli.Verification;

/// <summary>How to check a folder.</summary>
internal sealed record CheckOptions
{
    /// <summary>How much to demand.</summary>
    public VerificationMode Mode { get; init; }

    /// <summary>A signed head from outside, or null.</summary>
    public SignedHead? Head { get; init; }

    /// <summary>Keys that are trusted from outside.</summary>
    public IReadOnlyList<Vault.Keys.PublicKey> TrustedKeys { get; init; } = [];

    /// <summary>Stamps of the log by authorities outside.</summary>
    public IReadOnlyList<HeadStamp> Stamps { get; init; } = [];

    /// <summary>The authorities whose stamps count; null to leave open whose they are.</summary>
    public TrustFile? Trust { get; init; }

    /// <summary>Merkle roots of Bitcoin blocks by height.</summary>
    public IReadOnlyDictionary<long, string> BitcoinBlocks { get; init; } = new Dictionary<long, string>();

    /// <summary>Whether to list every finding.</summary>
    public bool Verbose { get; init; }
}

/// <summary>What a check found.</summary>
/// <param name="Json">The report.</param>
/// <param name="Summary">A sentence.</param>
/// <param name="Show">Prints it on one screen.</param>
/// <param name="ExitCode">0 when the vault is valid.</param>
internal sealed record CheckResult(JsonObject Json, string Summary, Action<Screen> Show, int ExitCode)
{
    public Outcome ToOutcome() => new(Json, Show, ExitCode);
}

/// <summary>Verifies a vault's folder.</summary>
internal static class FolderCheck
{
    private const int ShownFindings = 10;

    public static async Task<CheckResult> RunAsync(VaultPlace place, Run run, CheckOptions options, CancellationToken cancellation)
    {
        long count;
        using (var reader = place.Read())
            count = reader.Count(LogStream.Events);
        var asked = new VerificationOptions
        {
            Mode = options.Mode,
            Head = options.Head,
            TrustedKeys = options.TrustedKeys,
            Stamps = options.Stamps,
            TrustedAuthorities = options.Trust?.Certificates,
            TrustedLogs = options.Trust?.LogKeys,
            BitcoinBlocks = options.BitcoinBlocks,
            MaxFindings = options.Verbose ? int.MaxValue : 100,
        };
        var started = run.Time.GetTimestamp();
        var report = await run.Tracker.RunAsync("Verifying", count, progress => VaultVerifier.RunFolderAsync(place.Folder, asked, progress, cancellation));
        var took = run.Time.GetElapsedTime(started);
        return new CheckResult(
            (JsonObject)ConsoleJson.Read(ReportJson.Write(report, took)),
            Summary(report),
            screen => Show(screen, report, took, options.Verbose),
            report.Valid ? 0 : 1);
    }

    private static string Summary(VaultReport report) => report.Valid
        ? $"all checks of {report.Head.Count:N0} events passed" + (report.Warnings > 0 ? $", with {report.Warnings:N0} warning(s)." : ".")
        : $"{report.Errors:N0} error(s) in a log of {report.Head.Count:N0} events.";

    private static void Show(Screen screen, VaultReport report, TimeSpan took, bool verbose)
    {
        foreach (var line in ReportText.Write(report, took, verbose ? int.MaxValue : ShownFindings).TrimEnd().Split('\n'))
            screen.Line(line);
        screen.Verdict(report.Valid, Summary(report));
        if (!report.Valid && report.Mode == VerificationMode.Strict && report.Checkers.Any(checker => checker.Passes))
            screen.Line("A checker of the reference would accept it: provara verify --mode compatible.");
    }
}
