using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Gateway.Tests.EndToEnd;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;

namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary>What takes events out of a vault and into another, through the tools: what is right goes in whole, what is not leaves the vault as it was.</summary>
public sealed class DeltaToolTests : IAsyncLifetime
{
    private RunningGateway _gateway = null!;

    private ToolClient Client => _gateway.Client;

    public async Task InitializeAsync()
    {
        _gateway = await RunningGateway.StartAsync();
        foreach (var name in (string[])["here", "there"])
            (await Client.CallAsync("bootstrap_vault", $$"""{"path":"{{name}}","actor":"{{name}}"}""")).Success();
        (await Client.CallAsync("append_observation", """{"path":"there","subject":"door","predicate":"is","value":"open","actor":"bob"}""")).Success();
        (await Client.CallAsync("init_vault", """{"vault_path":"notes"}""")).Success();
        (await Client.CallAsync("append_event", """{"vault_path":"notes","event_type":"note","data":{"text":"one"}}""")).Success();
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task A_bundle_s_header_and_lines_are_the_reference_s()
    {
        var export = (await Client.CallAsync("export_delta", """{"path":"there"}""")).Success();
        var lines = export.GetProperty("delta").GetString()!.Split('\n');
        lines[^1].ShouldBeEmpty();
        var header = JsonNode.Parse(lines[0])!;
        ((string)header["type"]!, (int)header["event_count"]!, (string?)header["since_hash"]).ShouldBe(("provara_delta_v1", 3, null));
        header["keys"]!.AsArray().Count.ShouldBeGreaterThan(0);
        (lines.Length - 2, export.GetProperty("event_count").GetInt32(), export.GetProperty("next_since").ValueKind).ShouldBe((3, 3, JsonValueKind.Null));
        var first = (string)JsonNode.Parse(lines[1])!["event_id"]!;
        (await Client.CallAsync("export_delta", $$"""{"path":"there","since_hash":"{{first}}"}""")).Success().GetProperty("event_count").GetInt32().ShouldBe(2);
        (await Client.CallAsync("export_delta", """{"path":"there","since_hash":"evt_000000000000000000000000"}""")).Success().GetProperty("event_count").GetInt32().ShouldBe(3);
    }

    [Theory]
    [InlineData("delta")]
    [InlineData("delta_file")]
    public async Task A_bundle_goes_in_once_where_its_key_is_vouched_for(string argument)
    {
        var (delta, key) = await BundleAsync();
        var imported = (await ImportAsync("here", delta, key, argument)).Success();
        imported.GetProperty("success").GetBoolean().ShouldBeTrue(imported.ToString());
        (imported.GetProperty("imported_count").GetInt32(), imported.GetProperty("event_count").GetInt32()).ShouldBe((3, 5));
        imported.GetProperty("admitted_keys")[0].GetString().ShouldBe(key);
        (await ImportAsync("here", delta, key)).Success().GetProperty("present_count").GetInt32().ShouldBe(3);
        // Strictly, a key that no event of the vault brought is unaccounted for: to vouch for it was its caller's word alone.
        var verified = (await Client.CallAsync("verify_vault", """{"path":"here","mode":"compatible"}""")).Success();
        (verified.GetProperty("valid").GetBoolean(), verified.GetProperty("event_count").GetInt32()).ShouldBe((true, 5), verified.ToString());
    }

    [Fact]
    public async Task A_bundle_that_was_cut_short_says_so()
    {
        var (delta, key) = await BundleAsync();
        var lines = delta.TrimEnd('\n').Split('\n');
        (await ImportAsync("here", string.Join('\n', lines[..^1]) + "\n", key)).FailureObject().GetProperty("error").GetString().ShouldNotBeNull().ShouldContain("it is not whole");
        await HoldsAsync("here", 2);
    }

    [Theory]
    [InlineData("a changed value")]
    [InlineData("a changed signature")]
    [InlineData("an event cut out")]
    [InlineData("a signature taken off")]
    [InlineData("a line that is no JSON")]
    public async Task A_bundle_that_was_tampered_with_is_refused_whole(string how)
    {
        var (delta, key) = await BundleAsync();
        var imported = (await ImportAsync("here", Tamper(delta, how), key)).Success();
        imported.GetProperty("success").GetBoolean().ShouldBeFalse();
        imported.GetProperty("imported_count").GetInt32().ShouldBe(0);
        imported.GetProperty("errors").GetArrayLength().ShouldBeGreaterThan(0);
        imported.GetProperty("errors")[0].GetString().ShouldEndWith(".");
        await HoldsAsync("here", 2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{\"type\":\"provara_delta_v2\",\"event_count\":0,\"keys\":[],\"since_hash\":null}")]
    public async Task What_is_no_bundle_is_refused_with_a_sentence(string delta)
    {
        var refused = await ImportAsync("here", delta, "bp1_0000000000000000");
        refused.FailureObject().GetProperty("error").GetString().ShouldNotBeNull().ShouldContain("delta");
        await HoldsAsync("here", 2);
    }

    [Fact]
    public async Task A_key_nobody_vouched_for_or_one_exchanged_in_the_header_lets_nothing_in()
    {
        var (delta, key) = await BundleAsync();
        var wrong = (await ImportAsync("here", delta, "bp1_0000000000000000")).Success();
        wrong.GetProperty("success").GetBoolean().ShouldBeFalse();
        wrong.GetProperty("errors")[0].GetString().ShouldNotBeNull().ShouldContain(key);

        // The header's key exchanged for another, under the id that is vouched for: the signatures are then a stranger's.
        var own = (await Client.CallAsync("vault_status", """{"path":"here"}""")).Success().GetProperty("public_key").GetString()!;
        var theirs = (await Client.CallAsync("vault_status", """{"path":"there"}""")).Success().GetProperty("public_key").GetString()!;
        var forged = (await ImportAsync("here", delta.Replace(theirs, own, StringComparison.Ordinal), key)).Success();
        forged.GetProperty("success").GetBoolean().ShouldBeFalse();
        await HoldsAsync("here", 2);
    }

    [Theory]
    [InlineData("export_delta", """{"path":"notes"}""")]
    [InlineData("import_delta", """{"path":"notes","delta":"{}"}""")]
    public async Task A_vault_of_the_other_format_is_named_as_such(string tool, string arguments)
    {
        (await Client.CallAsync(tool, arguments)).FailureObject().GetProperty("error").GetString()
            .ShouldBe($"{tool} is for vaults of the format backpack; \"notes\" has the format psmc.");
        (await Client.CallAsync("verify_chain", """{"vault_path":"notes"}""")).Success().GetProperty("event_count").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("export_delta", """{"path":"nowhere"}""")]
    [InlineData("import_delta", """{"path":"nowhere","delta":"{}"}""")]
    [InlineData("export_vault", """{"vault_path":"nowhere"}""")]
    [InlineData("forensic_export", """{"vault_path":"nowhere"}""")]
    public async Task A_vault_that_is_not_there_is_not_made(string tool, string arguments)
    {
        (await Client.CallAsync(tool, arguments)).Failure().ShouldContain("nowhere");
        Directory.Exists(Path.Combine(_gateway.Data, "default", "vaults", "nowhere")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("export_vault", "notes")]
    [InlineData("export_vault", "there")]
    [InlineData("forensic_export", "notes")]
    [InlineData("forensic_export", "there")]
    public async Task An_export_of_either_format_verifies_by_itself_and_has_no_private_key(string tool, string vault)
    {
        var export = (await Client.CallAsync(tool, $$"""{"vault_path":"{{vault}}"}""")).Success();
        var folder = Path.Combine(_gateway.Home, $"{tool}-{vault}");
        using (var zip = new ZipArchive(new MemoryStream(Convert.FromBase64String(export.GetProperty("zip_base64").GetString()!))))
        {
            // Of an exported vault some folders are empty; they are entries all the same.
            zip.Entries.Count(entry => !entry.FullName.EndsWith('/')).ShouldBe(export.GetProperty("file_count").GetInt32());
            zip.ExtractToDirectory(folder);
        }
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
            (await File.ReadAllTextAsync(file)).ShouldNotContain("PRIVATE KEY", Case.Sensitive, file);
        Directory.GetFiles(folder, "private_keys.json", SearchOption.AllDirectories).ShouldBeEmpty();
        var root = Directory.Exists(Path.Combine(folder, vault)) ? Path.Combine(folder, vault) : folder;
        var report = await VaultVerifier.RunFolderAsync(root, new VerificationOptions(), null, CancellationToken.None);
        report.Valid.ShouldBeTrue(string.Join('\n', report.Findings));
        report.Head.Count.ShouldBe(export.GetProperty("event_count").GetInt64());
    }

    private async Task<(string Delta, string Key)> BundleAsync() => (
        (await Client.CallAsync("export_delta", """{"path":"there"}""")).Success().GetProperty("delta").GetString()!,
        (await Client.CallAsync("vault_status", """{"path":"there"}""")).Success().GetProperty("key_id").GetString()!);

    private Task<ToolReply> ImportAsync(string vault, string delta, string key, string argument = "delta") => Client.CallAsync(
        "import_delta", new JsonObject { ["path"] = vault, [argument] = delta, ["trusted_keys"] = new JsonArray(key) }.ToJsonString());

    private async Task HoldsAsync(string vault, int events)
    {
        var verified = (await Client.CallAsync("verify_chain", $$"""{"path":"{{vault}}"}""")).Success();
        (verified.GetProperty("valid").GetBoolean(), verified.GetProperty("event_count").GetInt32()).ShouldBe((true, events));
    }

    private static string Tamper(string delta, string how)
    {
        var lines = delta.TrimEnd('\n').Split('\n').ToList();
        switch (how)
        {
            case "a changed value":
                lines[3] = lines[3].Replace("open", "shut", StringComparison.Ordinal);
                break;
            case "a changed signature":
                lines[3] = Signature(lines[3], sig => (sig[0] == 'A' ? 'B' : 'A') + sig[1..]);
                break;
            case "an event cut out":
                lines.RemoveAt(1);
                lines[0] = lines[0].Replace("\"event_count\":3", "\"event_count\":2", StringComparison.Ordinal);
                break;
            case "a signature taken off":
                var bare = JsonNode.Parse(lines[3])!.AsObject();
                bare.Remove("sig");
                lines[3] = bare.ToJsonString();
                break;
            default:
                lines[3] = "{\"torn";
                break;
        }
        var tampered = string.Join('\n', lines) + "\n";
        tampered.ShouldNotBe(delta);
        return tampered;
    }

    private static string Signature(string line, Func<string, string> change)
    {
        var sig = (string)JsonNode.Parse(line)!["sig"]!;
        return line.Replace(sig, change(sig), StringComparison.Ordinal);
    }
}
