using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Testing;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Proofs;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;

namespace Granary.Vault.Tests.Evidence;

/// <summary>
/// What a recipient checks without a program of ours: verify.py with Debian's Python, verify.html in Chromium. They find the same, and never call valid
/// what the vault's own verifier refuses.
/// </summary>
public sealed class RecipientTests(RecipientTests.Browser browser) : IClassFixture<RecipientTests.Browser>
{
    /// <summary>Each kind of tampering: the format, a name, and a rule that finds it besides the list of hashes, which the forger makes anew.</summary>
    public static TheoryData<string, string, string> Forgeries => new()
    {
        { "backpack", "changed payload", "signatures.invalid" },
        { "backpack", "changed payload", "events.id" },
        { "backpack", "changed hash", "events.id" },
        { "backpack", "dropped event", "chains.orphan" },
        { "backpack", "reordered", "chains.link" },
        { "backpack", "wrong signature", "signatures.invalid" },
        { "backpack", "foreign key", "signatures.key" },
        { "backpack", "foreign key put in", "keys.unaccounted" },
        { "backpack", "exchanged key", "keys.entry" },
        { "backpack", "truncated", "manifest.hash" },
        { "backpack", "truncated", "head.truncated" },
        { "backpack", "torn", "log.torn" },
        { "backpack", "no manifest signature", "manifest.unsigned" },
        { "backpack", "unredacted tombstone", "redactions.missing" },
        { "backpack", "duplicate member", "events.json" },
        { "backpack", "half of a surrogate pair", "events.json" },
        { "backpack", "number spelled otherwise", "events.canonical" },
        { "backpack", "members out of order", "events.canonical" },
        { "backpack", "infinite number", "events.json" },
        { "backpack", "unsigned", "signatures.missing" },
        { "psmc", "changed payload", "event.hash" },
        { "psmc", "changed hash", "event.hash" },
        { "psmc", "dropped event", "event.prev_hash" },
        { "psmc", "dropped event", "event.seq" },
        { "psmc", "reordered", "event.prev_hash" },
        { "psmc", "wrong signature", "chain.signature" },
        { "psmc", "foreign key", "chain.key" },
        { "psmc", "exchanged key", "metadata.key" },
        { "psmc", "truncated", "head.truncated" },
        { "psmc", "log cut, chain not", "log.count" },
    };

    [RecipientTheory]
    [MemberData(nameof(Forgeries))]
    public async Task Every_kind_of_tampering_is_found_by_both(string format, string forgery, string rule)
    {
        using var folder = new TestFolder();
        var bundle = await TestBundle.WriteAsync(folder, format);
        BundleForgery.Make(bundle, format, forgery);
        BundleForgery.Relist(bundle);
        var (python, page) = await VerifyAsync(bundle);
        python.ShouldContain(found => found.StartsWith(rule + "@", StringComparison.Ordinal), $"{forgery}: {string.Join(' ', python)}");
        page.ShouldBe(python);
        // Our own verifier leaves a bundle's manifest to the list of hashes; it refuses everything else as well.
        (await VaultVerifier.RunFolderAsync(bundle, new VerificationOptions { Head = Head(bundle) }, null, default)).Valid
            .ShouldBe(forgery == "no manifest signature", forgery);
    }

    [RecipientTheory]
    [InlineData("backpack")]
    [InlineData("psmc")]
    public async Task A_bundle_that_nobody_touched_is_valid(string format)
    {
        using var folder = new TestFolder();
        var bundle = await TestBundle.WriteAsync(folder, format);
        var (python, page) = await VerifyAsync(bundle);
        python.ShouldBeEmpty();
        page.ShouldBeEmpty();
    }

    [RecipientFact]
    public async Task A_file_that_was_changed_is_not_the_one_that_is_listed()
    {
        using var folder = new TestFolder();
        var bundle = await TestBundle.WriteAsync(folder, "backpack");
        await File.AppendAllTextAsync(Path.Combine(bundle, "README.txt"), "More.\n");
        File.Delete(Path.Combine(bundle, "signatures/signature_report.json"));
        await File.WriteAllTextAsync(Path.Combine(bundle, "more.txt"), "");
        var (python, page) = await VerifyAsync(bundle);
        python.ShouldBe(["bundle.hash@", "bundle.missing@", "bundle.unlisted@"]);
        page.ShouldBe(python);
    }

    [RecipientTheory]
    [InlineData("backpack", "keys.trust")]
    [InlineData("psmc", "key.trust")]
    public async Task Another_vault_s_key_and_a_head_of_another_history_are_refused(string format, string rule)
    {
        using var folder = new TestFolder();
        using var other = SigningKey.Generate();
        var bundle = await TestBundle.WriteAsync(folder, format);
        var kept = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(bundle, "head.json")))!;
        var head = Path.Combine(folder.Path, "kept.json");
        kept["root"] = LogHead.ZeroHash;
        await File.WriteAllTextAsync(head, kept.ToJsonString());
        var key = Convert.ToBase64String(other.PublicKey.Raw);
        var python = await PythonAsync(bundle, "--public-key", key, "--head", head);
        python.ShouldBe(["head.signature@", rule + "@"], ignoreOrder: true);
        (await PageAsync(bundle, key, await File.ReadAllTextAsync(head))).ShouldBe(python);
    }

    [RecipientFact]
    public async Task The_page_verifies_what_it_carries_and_the_folder_that_is_chosen()
    {
        using var folder = new TestFolder();
        var bundle = await TestBundle.WriteAsync(folder, "backpack");
        await using var page = await Chromium.OpenAsync(Path.Combine(bundle, "verify.html"));
        var copy = await page.EvaluateAsync("verification");
        (Rules(copy).Count, (string?)copy!["source"]).ShouldBe((0, "the copy in this page"));
        (await page.EvaluateAsync("document.getElementById('verdict').textContent"))!.ToString().ShouldBe("Valid: all checks of 6 events passed.");
        BundleForgery.Make(bundle, "backpack", "changed payload");
        await page.ChooseAsync("#folder", bundle);
        // Chromium lists the folder in its own time.
        await page.EvaluateAsync(
            "new Promise(listed => element('folder').files.length > 0 ? listed(1) : element('folder').addEventListener('change', () => listed(1)))");
        var folderCheck = await page.EvaluateAsync("element('form').requestSubmit(), verification");
        Rules(folderCheck).ShouldContain("signatures.invalid@2");
        ((string)folderCheck!["source"]!).ShouldStartWith("the chosen folder");
        (await page.EvaluateAsync("document.getElementById('verdict').textContent"))!.ToString().ShouldStartWith("Not valid:");
        // Nothing was asked of the network, and the page forbids itself to. (A fetch that was refused may be told of as a resource.)
        (await page.EvaluateAsync("performance.getEntriesByType('resource').length"))!.GetValue<int>().ShouldBe(0);
        (await page.EvaluateAsync("fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused')"))!.ToString().ShouldBe("refused");
    }

    [RecipientFact]
    public async Task Canonical_json_is_the_same_everywhere()
    {
        var texts = JsonNode.Parse(Fixture.Read("extra/canonical-extra.json"))!["vectors"]!.AsArray()
            // The reference lets the last of two members win; a log's lines have no second one.
            .Where(vector => ((string)vector!["input_json_text"]!).IndexOf("\"a\":1,\"b\":2,\"a\"", StringComparison.Ordinal) < 0)
            .Select(vector => ((string)vector!["input_json_text"]!, (string?)vector["expected_hex"])).ToList();
        texts.Count.ShouldBeGreaterThanOrEqualTo(9);
        // Keys by code point (U+FFFF before U+1F600), every float whose digits move, and what no text may hold.
        texts.Add(("{\"\U0001F600\":1,\"\uffff\":2,\"a\":3,\"\":4}", null));
        texts.Add(("[\"\\ud800\"]", ""));
        texts.Add(("[\"\\udc00\\ud800\"]", ""));
        texts.Add(("{\"a\":1,\"\\u0061\":2}", ""));
        texts.Add(("[01]", ""));
        texts.Add(("[1e999]", ""));
        texts.Add(("[NaN]", ""));
        texts.Add(("{\"__proto__\":{\"constructor\":1}}", null));
        texts.Add(($"[-{new string('9', 4300)}]", null));
        texts.Add(($"[{new string('9', 4301)}]", ""));
        var random = new Random(17);
        for (var i = 0; i < 2000; i++)
        {
            var number = BitConverter.Int64BitsToDouble(random.NextInt64());
            if (double.IsFinite(number))
                texts.Add((FormattableString.Invariant($"[{number:E16},{random.NextInt64()}.5,{random.Next(1, 99)}e{random.Next(-8, 20)}]"), null));
        }
        var ours = texts.Select(text => text.Item2 ?? Hex(text.Item1)).ToList();
        var input = JsonSerializer.Serialize(texts.Select(text => Convert.ToBase64String(Encoding.UTF8.GetBytes(text.Item1))));
        Different(await PythonCanonicalAsync(input)).ShouldBeEmpty();
        Different((await browser.EvaluateAsync($$"""
            {{input}}.map(text => {
              try { return hexOf(utf8.encode(canonical(Reader.parse(Uint8Array.from(atob(text), c => c.charCodeAt(0)))))); }
              catch (failure) { if (failure instanceof Malformed) return ""; throw failure; }
            })
            """))!.AsArray().Select(text => (string)text!)).ShouldBeEmpty();

        IEnumerable<string> Different(IEnumerable<string> theirs) => texts.Zip(ours, theirs)
            .Where(one => one.Second != one.Third)
            .Select(one => $"{one.First.Item1}: ours {Text(one.Second)}, theirs {Text(one.Third)}");

        static string Text(string hex) => Encoding.UTF8.GetString(Convert.FromHexString(hex));
    }

    private static string Hex(string text) =>
        Convert.ToHexStringLower(CanonicalJson.CanonicalizeUnique(Encoding.UTF8.GetBytes(text), CanonicalJson.GreatestMaxDepth));

    private static async Task<IEnumerable<string>> PythonCanonicalAsync(string input)
    {
        using var folder = new TestFolder();
        var bundle = await TestBundle.WriteAsync(folder, "backpack");
        const string Program = """
            import base64, json, sys
            sys.path.insert(0, sys.argv[1])
            import verify
            def one(text):
                try:
                    return verify.canonical(verify.parse(base64.b64decode(text))).hex()
                except verify.Malformed:
                    return ""
            print(json.dumps([one(text) for text in json.load(sys.stdin)]))
            """;
        var (exit, output, error) = await Recipient.RunPythonAsync(input, "-c", Program, bundle);
        exit.ShouldBe(0, error);
        return JsonNode.Parse(output)!.AsArray().Select(text => (string)text!);
    }

    private async Task<(IReadOnlyList<string> Python, IReadOnlyList<string> Page)> VerifyAsync(string bundle) =>
        (await PythonAsync(bundle), await PageAsync(bundle));

    private static async Task<IReadOnlyList<string>> PythonAsync(string bundle, params string[] more)
    {
        var (exit, output, error) = await Recipient.RunPythonAsync("", [Path.Combine(bundle, "verify.py"), bundle, "--json", .. more]);
        exit.ShouldBeInRange(0, 1, error);
        var result = JsonNode.Parse(output)!;
        ((bool)result["valid"]!).ShouldBe(exit == 0);
        return Rules(result);
    }

    private async Task<IReadOnlyList<string>> PageAsync(string bundle, string key = "", string head = "")
    {
        var files = TestBundle.Names(bundle).ToDictionary(name => name, name => Convert.ToBase64String(File.ReadAllBytes(Path.Combine(bundle, name))));
        return Rules(await browser.EvaluateAsync($$"""
            verifyBundle(
              new Map(Object.entries({{JsonSerializer.Serialize(files)}}).map(([name, text]) => [name, Uint8Array.from(atob(text), c => c.charCodeAt(0))])),
              { trustedKey: {{JsonSerializer.Serialize(key)}}, head: {{JsonSerializer.Serialize(head)}} })
            """));
    }

    private static List<string> Rules(JsonNode? result) =>
        [.. result!["problems"]!.AsArray().Select(problem => $"{problem!["rule"]}@{problem["position"]}").Order(StringComparer.Ordinal)];

    private static SignedHead Head(string bundle) =>
        SignedHead.Read(File.ReadAllBytes(Path.Combine(bundle, "head.json")));

    /// <summary>One Chromium for all tests, with the page of some bundle open.</summary>
    public sealed class Browser : IAsyncLifetime
    {
        private readonly TestFolder _folder = new();
        private Chromium? _page;

        public async Task InitializeAsync()
        {
            if (Recipient.Missing is null)
                _page = await Chromium.OpenAsync(Path.Combine(await TestBundle.WriteAsync(_folder, "backpack"), "verify.html"));
        }

        public Task<JsonNode?> EvaluateAsync(string script) => _page!.EvaluateAsync(script);

        public async Task DisposeAsync()
        {
            if (_page is not null)
                await _page.DisposeAsync();
            _folder.Dispose();
        }
    }
}
