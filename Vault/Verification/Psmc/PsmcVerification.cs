using System.Globalization;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Keys;
using Granary.Vault.Psmc.Verification;
using Granary.Vault.Storage;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification.Psmc;

/// <summary>Verifies a PSMC vault: the format's own verifier, and what is asked of both formats.</summary>
internal sealed class PsmcVerification : IPsmcFindings
{
    private readonly IVaultReader _reader;
    private readonly BundleChecks? _bundle;
    private readonly VerificationOptions _options;
    private readonly FindingList _findings;
    private readonly HeadWatch _head;
    private readonly HashSet<UInt128> _ids = [];
    private string? _firstKey;

    public PsmcVerification(IVaultReader reader, BundleChecks? bundle, VerificationOptions options)
    {
        _reader = reader;
        _bundle = bundle;
        _options = options;
        _findings = new FindingList(options.Mode, ReferenceCheckers.VerifyChain, options.MaxFindings);
        _head = new HeadWatch(options, PsmcFormat.Name, _findings);
    }

    public void Add(long? position, string? eventId, string rule, string reason) => _findings.Add(PsmcRules.Find(rule), position, eventId, reason);

    public async Task<VaultReport> RunAsync(IProgress<long>? progress, CancellationToken cancellation)
    {
        if (_bundle is not null)
            await _bundle.RunAsync(_findings, cancellation);
        var keys = await PsmcKeyRing.LoadAsync(_reader, cancellation);
        await new PsmcVerifier(_reader, this, Observe).CheckAsync(keys, _options.Count, progress, cancellation);
        if (_options.TrustedKeys.Count > 0 && _options.TrustedKeys.All(trusted => trusted.KeyId != _firstKey))
            _findings.Add(
                PsmcRules.NotTrusted,
                $"The vault's first key {_firstKey ?? "(none)"} is not one of the trusted keys: it is another vault, or its keys were exchanged.");
        var head = _head.Check(keys.Find);
        return Report(keys, head);
    }

    private void Observe(long position, CheckedEntry entry)
    {
        _firstKey ??= entry.Chain?.KeyId;
        _head.Take(entry.Chain?.Hash);
        if (entry.Event?.Id is { } id && !_ids.Add(EventKey.Of(id)))
            _findings.Add(PsmcRules.Duplicate, position, id, "Another event has the same id.");
    }

    private VaultReport Report(PsmcKeyRing keys, string head)
    {
        return new VaultReport
        {
            Format = PsmcFormat.Name,
            Mode = _options.Mode,
            Head = _head.Head,
            Root = _head.Root,
            Checks = [.. (_bundle is null ? PsmcRules.Checks : [.. PsmcRules.Checks, "bundle"]).Select(Summarize)],
            Checkers = [_findings.VerdictOf(ReferenceCheckers.VerifyChain, "verify_chain")],
            Findings = _findings.Kept(),
            CountsByRule = _findings.CountsByRule(),
            FindingCount = _findings.Total,
            Errors = _findings.Errors,
            Warnings = _findings.Warnings,
        };

        CheckSummary Summarize(string check)
        {
            var (errors, warnings) = _findings.CountOf(check);
            var summary = check switch
            {
                "metadata" => "psmc.json",
                "key" => Text($"{keys.Count} keys, changed only by endorsed rotations"),
                "log" => "both files of one length",
                "event" => Text($"{_head.Head.Count} events: form, canonical bytes, hashes, links"),
                "chain" => Text($"{_head.Head.Count} signatures by keys of the vault, links"),
                "bridge" => Text($"{_reader.Count(LogStream.Bridge)} bridge events"),
                "anchor" => "what the store itself found",
                "bundle" => _bundle!.Summary,
                _ => head,
            };
            return new CheckSummary(check, summary, errors, warnings);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
