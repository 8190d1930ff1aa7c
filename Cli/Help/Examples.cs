namespace Granary.Cli.Help;

/// <summary>Command lines to begin with, for each command by its path. They run as they stand once names are one's own.</summary>
internal static class Examples
{
    private const string Keys = "--keyfile notes.keys.json";

    private const string LogKey = "log.example.org/acme/notes+1a2b3c4d+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    private const string TenantKey = "log.example.org/acme+1a2b3c4d+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    private static readonly Dictionary<string, string[]> All = new(StringComparer.Ordinal)
    {
        [""] =
        [
            "provara init notes --private-keys notes.keys.json",
            $"provara append notes --type OBSERVATION --data '{{\"subject\":\"door\",\"value\":\"open\"}}' {Keys}",
            "provara verify notes",
            "eval \"$(provara completion bash)\"     completes commands and options with Tab",
        ],
        ["init"] = ["provara init notes --private-keys notes.keys.json", "provara init notes --private-keys notes.keys.json --quorum --self-test"],
        ["bootstrap"] = ["provara bootstrap notes --private-keys notes.keys.json --quorum --self-test"],
        ["append"] =
        [
            $"provara append notes --type OBSERVATION --data '{{\"subject\":\"door\",\"value\":\"open\"}}' {Keys}",
            $"provara append notes --type com.example.order_placed --data @order.json --raw {Keys}",
            "provara append notes --type note --data '{\"text\":\"hello\"}' --gateway http://127.0.0.1:8080",
        ],
        ["verify"] =
        [
            "provara verify notes", "provara verify notes --head kept.head.json --public-key notes.pub.pem",
            "provara verify notes --checkpoint notes.checkpoint --witness witness.example.org+1a2b3c4d+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            $"provara verify notes --checkpoint notes.checkpoint --tenant-key {TenantKey}",
            "provara verify notes --gateway http://127.0.0.1:8080",
        ],
        ["status"] = ["provara status notes", "provara status notes --json"],
        ["query"] =
        [
            "provara query notes", "provara query notes --type OBSERVATION --after 2026-01-05T09:00:00+00:00 --format table",
            "provara query notes --content-key subject --content-value door --limit 5",
        ],
        ["replay"] = ["provara replay notes", "provara replay --path notes --json"],
        ["reduce"] = ["provara reduce notes --save-checkpoint notes.reduced.json", "provara reduce notes --from-checkpoint notes.reduced.json"],
        ["manifest"] = ["provara manifest notes", $"provara manifest notes {Keys}"],
        ["checkpoint"] = [$"provara checkpoint notes {Keys}"],
        ["backup"] = ["provara backup notes --to Backups --keep 12", "provara backup notes --gateway http://127.0.0.1:8080 --to Backups"],
        ["restore"] = ["provara restore Backups/Backup_2026-01-05_090000.zip --to restored"],
        ["head"] = ["provara head sign notes --out kept.head.json " + Keys],
        ["head sign"] = [$"provara head sign notes --out kept.head.json {Keys}"],
        ["head verify"] = ["provara head verify kept.head.json --public-key notes/identity/keys.json --against notes"],
        ["proof"] = [$"provara proof inclusion notes --position 3 --out event.proof.json {Keys}"],
        ["proof inclusion"] = [$"provara proof inclusion notes --position 3 --out event.proof.json {Keys}"],
        ["proof consistency"] = ["provara proof consistency notes --first 100 --out growth.proof.json"],
        ["proof verify"] =
        [
            "provara proof verify event.proof.json --public-key notes.pub.pem",
            "provara proof verify growth.proof.json --public-key notes.pub.pem --earlier old.head.json --later new.head.json",
        ],
        ["tlog"] = [$"provara tlog checkpoint notes --origin log.example.org/acme/notes --out notes.checkpoint {Keys}"],
        ["tlog checkpoint"] =
        [
            $"provara tlog checkpoint notes --origin log.example.org/acme/notes --out notes.checkpoint {Keys}",
            $"provara tlog checkpoint notes --origin log.example.org/acme/notes --head kept.head.json {Keys}",
        ],
        ["tlog export"] = [$"provara tlog export notes --origin log.example.org/acme/notes --output public/notes {Keys}"],
        ["tlog convert"] =
        [
            "provara tlog convert event.proof.json --checkpoint notes.checkpoint --out event.tlog-proof",
            "provara tlog convert event.tlog-proof --out event.proof.json",
        ],
        ["tlog verify"] =
        [
            $"provara tlog verify notes.checkpoint --log {LogKey} --against notes", $"provara tlog verify event.tlog-proof --log {LogKey}",
            $"provara tlog verify notes.checkpoint --tenant-key {TenantKey}",
        ],
        ["redact"] = [$"provara redact notes --target evt_0123456789abcdef01234567 --reason GDPR_ERASURE {Keys}"],
        ["shred"] = [$"provara shred notes --event evt_0123456789abcdef01234567 {Keys}", $"provara shred notes --actor alice {Keys}"],
        ["rotate"] = [$"provara rotate notes --reason key_compromise {Keys}"],
        ["rekey"] = ["provara rekey verify notes"],
        ["rekey verify"] = ["provara rekey verify notes"],
        ["seal"] = [$"provara seal notes {Keys}"],
        ["rotate-vault"] = [$"provara rotate-vault notes --successor notes2 --private-keys notes2.keys.json {Keys}"],
        ["sync"] = [$"provara sync merge notes copy-of-notes {Keys}"],
        ["sync merge"] = ["provara sync merge notes copy-of-notes --dry-run", $"provara sync merge notes copy-of-notes {Keys}"],
        ["sync delta-export"] = ["provara sync delta-export notes --output notes.delta"],
        ["sync delta-import"] = [$"provara sync delta-import notes notes.delta {Keys}"],
        ["sync check-forks"] = ["provara sync check-forks notes"],
        ["delta"] = ["provara delta export notes --output notes.delta"],
        ["delta export"] =
            ["provara delta export notes --output notes.delta", "provara delta export notes --since evt_0123456789abcdef01234567 --output notes.delta"],
        ["delta import"] = [$"provara delta import notes notes.delta {Keys}"],
        ["fence"] = [$"provara fence issue notes --out notes.fence {Keys}"],
        ["fence issue"] = [$"provara fence issue notes --out notes.fence {Keys}"],
        ["fence check"] = ["provara fence check notes notes.fence --max-age 300"],
        ["timestamp"] = [$"provara timestamp notes --tsa https://freetsa.org/tsr {Keys}"],
        ["timestamp-event"] =
        [
            "provara timestamp-event notes evt_0123456789abcdef01234567 --tsa-url https://freetsa.org/tsr",
            $"provara timestamp-event notes evt_0123456789abcdef01234567 --tsa-url https://freetsa.org/tsr {Keys}",
        ],
        ["verify-timestamps"] = ["provara verify-timestamps notes --trust authorities.pem"],
        ["scitt"] = ["provara scitt statement --help"],
        ["scitt statement"] =
        [
            "provara scitt statement notes --statement-hash 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
                + $" --content-type application/json --subject report --issuer example.com {Keys}",
        ],
        ["scitt receipt"] =
        [
            "provara scitt receipt notes --statement-event-id evt_0123456789abcdef01234567 --transparency-service https://ts.example.com"
                + $" --inclusion-proof '{{\"index\":7}}' {Keys}",
        ],
        ["export"] = ["provara export notes --output notes.scitt"],
        ["forensic-export"] = ["provara forensic-export notes --output notes.evidence"],
        ["verify-anchor"] = ["provara verify-anchor notes"],
        ["migrate"] = ["provara migrate notes --dry-run", $"provara migrate notes --target-version 1.2 {Keys}"],
        ["market-alpha"] = [$"provara market-alpha notes --ticker BTC --signal LONG --conviction 0.7 {Keys}"],
        ["hedge-fund-sim"] = [$"provara hedge-fund-sim notes --sim-id s1 --strategy momentum --returns 4.2 {Keys}"],
        ["message-key"] = ["provara message-key --out my.x25519.json"],
        ["send-message"] =
            ["provara send-message notes --recipient-pubkey AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= --message '{\"text\":\"hi\"}' " + Keys],
        ["read-messages"] = ["provara read-messages notes --my-encryption-private-key my.x25519.json"],
        ["resume"] = ["provara resume notes"],
        ["check-safety"] = ["provara check-safety notes --action REKEY"],
        ["wallet-export"] = [$"provara wallet-export --out id.json {Keys}"],
        ["wallet-import"] = ["provara wallet-import --file id.json"],
        ["plugins"] = ["provara plugins list"],
        ["plugins list"] = ["provara plugins list"],
        ["psmc"] = ["provara psmc init --vault memory", "provara psmc append --vault memory --type note --data '{\"text\":\"hello\"}'"],
        ["psmc init"] = ["provara psmc init --vault memory"],
        ["psmc append"] = ["provara psmc append --vault memory --type decision --data '{\"title\":\"use Redis\"}' --tags architecture"],
        ["psmc verify"] = ["provara psmc verify --vault memory"],
        ["psmc show"] = ["provara psmc show --vault memory --last 10"],
        ["psmc query"] = ["provara psmc query --vault memory --type decision --since 2026-01-05 --tags architecture"],
        ["psmc digest"] = ["provara psmc digest --vault memory --weeks 2"],
        ["psmc export"] = ["provara psmc export --vault memory"],
        ["psmc state"] = ["provara psmc state --vault memory"],
        ["psmc sync"] = ["provara psmc sync other-memory --vault memory --trust bp1_0123456789abcdef"],
        ["psmc checkpoint"] = ["provara psmc checkpoint --vault memory"],
        ["psmc rotate-key"] = ["provara psmc rotate-key --vault memory"],
        ["psmc seed"] = ["provara psmc seed --vault memory"],
        ["completion"] =
        [
            "eval \"$(provara completion bash)\"", "provara completion zsh > ~/.zfunc/_provara",
            "provara completion fish > ~/.config/fish/completions/provara.fish", "provara completion pwsh | Out-String | Invoke-Expression",
        ],
    };

    /// <summary>The examples of a command; empty where it has none.</summary>
    /// <param name="path">Its name behind those of its groups, for example <c>proof verify</c>; empty for the program.</param>
    public static IReadOnlyList<string> Of(string path) => All.GetValueOrDefault(path, []);
}
