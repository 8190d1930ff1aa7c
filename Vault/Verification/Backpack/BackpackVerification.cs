using System.Globalization;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Storage;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification.Backpack;

/// <summary>Verifies a Backpack vault: its files, its keys, and its log in one pass.</summary>
internal sealed class BackpackVerification
{
    private readonly IVaultReader _reader;
    private readonly IVaultFiles _files;
    private readonly BundleChecks? _bundle;
    private readonly VerificationOptions _options;
    private readonly FindingList _findings;
    private readonly HeadWatch _head;
    private readonly LinkChecks _links;
    private readonly ManifestChecks _manifest;
    private long _signed;
    private long _styleB;

    public BackpackVerification(IVaultReader reader, IVaultFiles files, BundleChecks? bundle, VerificationOptions options)
    {
        _reader = reader;
        _bundle = bundle;
        _files = files;
        _options = options;
        _findings = new FindingList(options.Mode, ReferenceCheckers.Compliance, options.MaxFindings);
        _head = new HeadWatch(options, BackpackFormat.Name, _findings);
        _links = new LinkChecks(_findings, reader.Count(LogStream.Events));
        _manifest = new ManifestChecks(reader, files, options, _findings);
    }

    public async Task<VaultReport> RunAsync(IProgress<long>? progress, CancellationToken cancellation)
    {
        foreach (var finding in _reader.Findings)
            _findings.Add(BackpackRules.Store with { Name = "store." + finding.Rule }, finding.Position, null, finding.Reason);
        var genesis = await new LayoutChecks(_reader, _files, _findings).RunAsync(logOnly: _bundle is not null, cancellation);
        var authorities = await new PolicyChecks(_reader, _findings).RunAsync(cancellation);
        var registryChecks = new RegistryChecks(_reader, _options, _findings);
        var registry = await registryChecks.LoadAsync(cancellation);
        registryChecks.Check(registry, genesis, authorities);
        if (_bundle is not null)
            await _bundle.RunAsync(_findings, cancellation);
        else
            await _manifest.LoadAsync(cancellation);
        using var log = new ManifestDigest(_manifest.LogSize);
        var special = new SpecialChecks(registry, _findings);
        await CheckLogAsync(registry, log, special, progress, cancellation);
        _links.Finish();
        special.Finish(genesis, _links);
        await _manifest.CheckAsync(log, registry, special.PromotersOfRoots.ToHashSet(StringComparer.Ordinal), cancellation);
        var head = _head.Check(id => registry.Find(id)?.Key);
        return Report(registry, special, head);
    }

    private async Task CheckLogAsync(KeyRegistry registry, ManifestDigest log, SpecialChecks special, IProgress<long>? progress, CancellationToken cancellation)
    {
        var total = _options.Count ?? _reader.Count(LogStream.Events);
        var checks = new EntryChecks(registry, await KeyHistory.LoadAsync(registry, _reader, cancellation));
        long done = 0;
        await foreach (var page in EntryPipeline.RunAsync(_reader, 0, total, checks.Check, cancellation))
        {
            foreach (var (index, rule, reason) in page.Problems)
                _findings.Add(rule, done + index, page.Facts[index].Id, reason);
            for (var i = 0; i < page.Facts.Length; i++)
            {
                Take(done + i, page.Facts[i], special);
                log.Take(page.Page.EventAt(i));
            }
            done += page.Facts.Length;
            progress?.Report(done);
        }
        if (done < total)
            _findings.Add(BackpackRules.Truncated, done, null, $"The log ends at position {done}; {total} events are committed.");
        if (_signed == 0 && done > 0)
            _findings.Add(BackpackRules.NoneSigned, "No event carries a valid signature.");
        if (_styleB > 0)
            _findings.Add(BackpackRules.IdStyle, $"{_styleB} ids were computed without the signing key, as the reference's command line does.");
    }

    private void Take(long position, in EventFacts facts, SpecialChecks special)
    {
        _signed += facts.IsSigned ? 1 : 0;
        _styleB += facts.IsStyleB ? 1 : 0;
        _head.Take(facts.EntryHash);
        _links.Take(position, facts);
        special.Take(position, facts);
    }

    private VaultReport Report(KeyRegistry registry, SpecialChecks special, string head)
    {
        var count = _head.Head.Count;
        return new VaultReport
        {
            Format = BackpackFormat.Name,
            Mode = _options.Mode,
            Head = _head.Head,
            Root = _head.Root,
            Checks = [.. Checks().Select(Summarize)],
            Checkers =
            [
                _findings.VerdictOf(ReferenceCheckers.Compliance, "compliance suite"), _findings.VerdictOf(ReferenceCheckers.BuiltIn, "built-in check"),
                _findings.VerdictOf(ReferenceCheckers.Kit, "conformance kit"), _findings.VerdictOf(ReferenceCheckers.Forensic, "forensic check"),
            ],
            Findings = _findings.Kept(),
            CountsByRule = _findings.CountsByRule(),
            FindingCount = _findings.Total,
            Errors = _findings.Errors,
            Warnings = _findings.Warnings,
        };

        // A bundle has neither the manifest's files nor all policies.
        IEnumerable<string> Checks() => _bundle is null ? BackpackRules.Checks : [.. BackpackRules.Checks.Except(["manifest", "policies"]), "bundle"];

        CheckSummary Summarize(string check)
        {
            var (errors, warnings) = _findings.CountOf(check);
            var summary = check switch
            {
                "layout" => "required files and folders",
                "keys" => Text($"{registry.Keys.Count} keys, {registry.Keys.Count(key => !key.IsActive)} revoked, {special.Rotations} promoted"),
                "events" => Text($"{count} events: form, canonical bytes, ids recomputed"),
                "chains" => Text($"{_links.Actors} actors' chains"),
                "signatures" => Text($"{_signed} of {count} signed by a key that counted there"),
                "redactions" => Text($"{special.Tombstones} redacted payloads"),
                "seal" => special.IsSealed ? "sealed" : "not sealed",
                "manifest" => Text($"{_manifest.Manifest?.Entries.Count ?? 0} files, Merkle root, signature, nothing unlisted"),
                "policies" => "safety, sync contract, retention",
                "head" => head,
                "bundle" => _bundle!.Summary,
                _ => "what the store itself found",
            };
            return new CheckSummary(check, summary, errors, warnings);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
