using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Gateway.Hosting;
using Granary.Gateway.Tests.Support;
using Granary.Testing;
using Granary.Vault;
using Granary.Vault.Backpack;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Storage.Files;
using Granary.Vault.Transparency;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;

namespace Granary.Gateway.Tests.Hosting;

/// <summary>Folders that come from elsewhere: served where they are mounted, and taken into a tenant.</summary>
public sealed class MountedVaultTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("granary-mount-").FullName;

    private string Folder => Path.Combine(_home, "vault");

    [Theory]
    [InlineData("psmc")]
    [InlineData("backpack")]
    public async Task A_mounted_folder_is_served_by_its_path_and_nothing_foreign_comes_into_it(string format)
    {
        await MakeAsync(format);
        if (format == "backpack")
            await File.WriteAllTextAsync(Path.Combine(Folder, "artifacts", "cas", "mine"), "x");
        var before = Files();
        var gateway = await TestGateway.StartAsync(o => o with { MountedVault = Folder, DefaultVault = Folder });
        // As the guide's curl has it.
        var data = format == "psmc" ? """{"text":"hello"}""" : """{"subject":"s","predicate":"p","value":1}""";
        var type = format == "psmc" ? "note" : "OBSERVATION";
        var appended = await gateway.Http.CallAsync("append_event", $$"""{"vault_path":"{{Folder}}","event_type":"{{type}}","data":{{data}}}""");
        ((string?)appended.Result["structuredContent"]!["event_id"]).ShouldNotBeNull();
        var listed = await gateway.Http.CallAsync("list_vaults", "{}");
        ((string)listed.Result["structuredContent"]!["vaults"]![0]!).ShouldBe(Folder[1..]);
        // Durable in the folder itself, where other programs read it while it is open.
        (await File.ReadAllTextAsync(Path.Combine(Folder, "events", "events.ndjson"))).ShouldContain((string)appended.Result["structuredContent"]!["event_id"]!);
        var status = await gateway.Http.CallAsync("vault_status", "{}");
        ((int)status.Result["structuredContent"]!["event_count"]!).ShouldBe(format == "psmc" ? 1 : 3);
        await gateway.DisposeAsync();
        Files().Except(before).ShouldAllBe(file => file == "manifest.sig" || file == "merkle_root.txt" || file == "manifest.json");
        Directory.GetFileSystemEntries(_home).ShouldBe([Folder]);
        var report = await VaultVerifier.RunFolderAsync(Folder, new VerificationOptions(), null, default);
        report.Errors.ShouldBe(0, string.Join('\n', report.Findings));
    }

    [Fact]
    public async Task Other_programs_may_change_the_folder_between_two_openings_and_not_meanwhile()
    {
        await MakeAsync("backpack");
        var gateway = await TestGateway.StartAsync(o => o with { MountedVault = Folder });
        await AppendAsync(gateway);
        await Should.ThrowAsync<Granary.Vault.Storage.VaultStorageException>(() => BackpackFolder.OpenAsync(Folder, TimeProvider.System, default));
        await gateway.DisposeAsync();
        await using (var elsewhere = await BackpackFolder.OpenAsync(Folder, TimeProvider.System, default))
        {
            await elsewhere.Vault.AppendAsync(
                Granary.Vault.Backpack.Events.PreparedBackpackEvent.Create("OBSERVATION", """{"subject":"a","predicate":"b","value":1}"""u8, "other"),
                DateTimeOffset.UnixEpoch, default);
            await elsewhere.Vault.WriteSealPointAsync(TimeProvider.System, default);
        }
        gateway = await TestGateway.StartAsync(o => o with { MountedVault = Folder });
        await AppendAsync(gateway);
        await gateway.DisposeAsync();
        (await VaultVerifier.RunFolderAsync(Folder, new VerificationOptions(), null, default)).Errors.ShouldBe(0);
        (await File.ReadAllLinesAsync(Path.Combine(Folder, "events", "events.ndjson"))).Length.ShouldBe(5);
    }

    [Theory]
    [InlineData("psmc", "keys/active.pem")]
    [InlineData("backpack", "identity/private_keys.json")]
    public async Task A_vault_without_its_private_keys_is_read_until_they_come(string format, string keyFile)
    {
        var key = await MakeWithoutKeysAsync(format, keyFile);
        await using var gateway = await TestGateway.StartAsync(o => o with { MountedVault = Folder });
        await ReadsAndRefusesAsync(gateway, format, keyFile);
        File.Move(key, Path.Combine(Folder, keyFile));
        await AppendAsync(gateway);
    }

    [SmallDiskFact]
    public async Task A_read_only_mount_without_private_keys_is_read()
    {
        foreach (var (format, keyFile) in (KeyValuePair<string, string>[])[new("psmc", "keys/active.pem"), new("backpack", "identity/private_keys.json")])
        {
            await MakeWithoutKeysAsync(format, keyFile);
            using (new ReadOnlyMount(Folder))
            {
                await using var gateway = await TestGateway.StartAsync(o => o with { MountedVault = Folder });
                await ReadsAndRefusesAsync(gateway, format, keyFile);
            }
            Directory.Delete(Folder, recursive: true);
        }
    }

    [SmallDiskFact]
    public async Task A_read_only_mount_with_its_keys_is_a_log_signed_for_the_tenant_where_a_key_can_be_kept()
    {
        foreach (var (format, hasPlace) in new[] { ("psmc", true), ("psmc", false), ("backpack", true), ("backpack", false) })
        {
            await MakeAsync(format);
            var data = Path.Combine(_home, $"data-{format}-{hasPlace}");
            // Where the key's lock cannot be made, no key can be kept.
            if (!hasPlace)
                Directory.CreateDirectory(Path.Combine(data, "default", "tenant-key.pem.lock"));
            using (new ReadOnlyMount(Folder))
            {
                await using var gateway = await TestGateway.StartAsync(o => o with { MountedVault = Folder, DataFolder = data, LogOrigin = "log.example.org" });
                var log = $"/log/default/{Uri.EscapeDataString(Folder[1..])}";
                var note = SignedNote.Read(Encoding.UTF8.GetBytes((await gateway.Http.GetAsync($"{log}/checkpoint")).Text));
                note.IsSignedBy(NoteKey.Parse((await gateway.Http.GetAsync($"{log}/vkey")).Text)).ShouldBeTrue();
                var tenant = await gateway.Http.GetAsync($"{log}/tenant-vkey");
                (tenant.Status, note.Signatures.Count).ShouldBe(hasPlace ? (200, 2) : (404, 1), $"{format} {tenant.Text}");
                if (hasPlace)
                    note.IsSignedBy(NoteKey.Parse(tenant.Text)).ShouldBeTrue();
                else
                    gateway.Logs.All.Count(line => line.Contains("tenant-key.pem of the tenant default cannot be kept", StringComparison.Ordinal)).ShouldBe(1);
            }
            Directory.Delete(Folder, recursive: true);
        }
    }

    [Fact]
    public async Task An_empty_folder_becomes_a_vault_where_it_is()
    {
        Directory.CreateDirectory(Folder);
        var gateway = await TestGateway.StartAsync(o => o with { MountedVault = Folder });
        (await gateway.Http.CallAsync("init_vault", $$"""{"vault_path":"{{Folder}}"}""")).Result["isError"].ShouldBeNull();
        File.Exists(Path.Combine(Folder, "psmc.json")).ShouldBeTrue();
        ((string)(await gateway.Http.CallAsync("init_vault", $$"""{"vault_path":"{{Folder}}"}""")).Result["content"]![0]!["text"]!).ShouldContain("exists");
        await gateway.DisposeAsync();
        (await VaultVerifier.RunFolderAsync(Folder, new VerificationOptions(), null, default)).Errors.ShouldBe(0);
    }

    [Theory]
    [InlineData("psmc")]
    [InlineData("backpack")]
    public async Task A_folder_is_imported_whole_and_served_and_a_changed_one_not_at_all(string format)
    {
        await MakeAsync(format);
        var data = Path.Combine(_home, "data");
        var (output, errors) = (new StringWriter(), new StringWriter());
        var request = new ImportCommand.Request(Folder, "default", "team/taken") { DataFolder = data };
        (await ImportCommand.RunAsync(request, _ => null, output, errors, default)).ShouldBe(0, errors.ToString());
        output.ToString().ShouldContain("team/taken");
        (await ImportCommand.RunAsync(request, _ => null, output, errors, default)).ShouldBe(1);
        errors.ToString().ShouldContain("exists");
        var gateway = await TestGateway.StartAsync(o => o with { DataFolder = data });
        ((int)(await gateway.Http.CallAsync("vault_status", """{"vault_path":"team/taken"}""")).Result["structuredContent"]!["event_count"]!)
            .ShouldBe(format == "psmc" ? 0 : 2);
        var type = format == "psmc" ? "note" : "OBSERVATION";
        (await gateway.Http.CallAsync("append_event", $$$"""{"vault_path":"team/taken","event_type":"{{{type}}}","data":{"subject":"s","predicate":"p","value":1}}"""))
            .Result["isError"].ShouldBeNull();
        ((bool)(await gateway.Http.CallAsync("verify_vault", """{"vault_path":"team/taken"}""")).Result["structuredContent"]!["valid"]!).ShouldBeTrue();
        await gateway.DisposeAsync();

        var changed = format == "psmc" ? "psmc.json" : "identity/genesis.json";
        await File.WriteAllTextAsync(Path.Combine(Folder, changed), (await File.ReadAllTextAsync(Path.Combine(Folder, changed))).Replace("20", "21", StringComparison.Ordinal) + " ");
        if (format == "psmc")
            await File.WriteAllTextAsync(Path.Combine(Folder, changed), "{}");
        (await ImportCommand.RunAsync(request with { Vault = "other" }, _ => null, output, errors, default)).ShouldBe(1);
        errors.ToString().ShouldContain("does not verify");
        Directory.Exists(Path.Combine(data, "default", "vaults", "other")).ShouldBeFalse();
    }

    [Fact]
    public async Task Nothing_is_imported_or_listed_behind_a_link()
    {
        if (OperatingSystem.IsWindows())
            return;
        await MakeAsync("psmc");
        var (data, real) = (Path.Combine(_home, "data"), Directory.CreateDirectory(Path.Combine(_home, "real")).FullName);
        Directory.CreateDirectory(data);
        Directory.CreateSymbolicLink(Path.Combine(data, "default"), real);
        using var output = new StringWriter();
        (await ImportCommand.RunAsync(new ImportCommand.Request(Folder, "default", "x") { DataFolder = data }, _ => null, output, output, default)).ShouldBe(1);
        output.ToString().ShouldContain("symbolic link");
        Directory.EnumerateFileSystemEntries(real).ShouldBeEmpty();
        Directory.CreateDirectory(Path.Combine(real, "vaults", "theirs"));
        await using var gateway = await TestGateway.StartAsync(o => o with { DataFolder = data });
        (await gateway.Http.CallAsync("list_vaults", "{}")).Text.ShouldNotContain("theirs");
        (await gateway.Http.CallAsync("init_vault", """{"vault_path":"mine"}""")).Text.ShouldContain("symbolic link");
    }

    [Fact]
    public async Task An_import_without_the_vaults_own_keys_is_refused()
    {
        await MakeAsync("backpack");
        var keys = Path.Combine(_home, "keys.json");
        File.Move(Path.Combine(Folder, "identity", "private_keys.json"), keys);
        var (output, errors) = (new StringWriter(), new StringWriter());
        var request = new ImportCommand.Request(Folder, "default", "x") { DataFolder = Path.Combine(_home, "data") };
        (await ImportCommand.RunAsync(request, _ => null, output, errors, default)).ShouldBe(1);
        errors.ToString().ShouldContain("--keyfile");
        (await ImportCommand.RunAsync(request with { KeyFile = keys }, _ => null, output, errors, default)).ShouldBe(0, errors.ToString());
        (await ImportCommand.RunAsync(request with { Folder = _home, Vault = "y" }, _ => null, output, errors, default)).ShouldBe(1);
        errors.ToString().ShouldContain("is not a vault");
        (await ImportCommand.RunAsync(request with { Vault = "../y" }, _ => null, output, errors, default)).ShouldBe(2);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private async Task MakeAsync(string format)
    {
        if (format == "psmc")
        {
            using var key = SigningKey.Generate();
            var store = new FileVaultStore(new FileVaultOptions { Folder = Folder, StateFolder = Path.Combine(_home, "made"), Formats = VaultFormats.All });
            await PsmcVault.CreateAsync(store, key, DateTimeOffset.UnixEpoch, default);
            Directory.Delete(Path.Combine(_home, "made"), recursive: true);
            return;
        }
        using var root = SigningKey.Generate();
        await BackpackFolder.CreateAsync(Folder, new BackpackBirth { Root = root, Uid = Guid.NewGuid().ToString("D") }, TimeProvider.System, default);
        File.Delete(Path.Combine(_home, ".vault.lock"));
    }

    private string Appended => $$$"""{"vault_path":"{{{Folder}}}","event_type":"OBSERVATION","data":{"subject":"s","predicate":"p","value":1}}""";

    private async Task AppendAsync(TestGateway gateway)
    {
        var answer = await gateway.Http.CallAsync("append_event", Appended);
        answer.Result["isError"].ShouldBeNull(answer.Text);
    }

    private async Task<string> MakeWithoutKeysAsync(string format, string keyFile)
    {
        await MakeAsync(format);
        var gateway = await TestGateway.StartAsync(o => o with { MountedVault = Folder });
        await AppendAsync(gateway);
        await gateway.DisposeAsync();
        // What only a writer may cut off.
        await File.AppendAllTextAsync(Path.Combine(Folder, "events", "events.ndjson"), "{\"half");
        var key = Path.Combine(_home, format + ".key");
        File.Move(Path.Combine(Folder, keyFile), key);
        return key;
    }

    private async Task ReadsAndRefusesAsync(TestGateway gateway, string format, string keyFile)
    {
        var before = Contents();
        var count = format == "psmc" ? 1 : 3;
        (await ReadAsync(gateway, "list_vaults"))["vaults"]!.AsArray().Select(name => (string)name!).ShouldBe([Folder[1..]]);
        ((int)(await ReadAsync(gateway, "vault_status"))["event_count"]!).ShouldBe(count);
        ((bool)(await ReadAsync(gateway, "verify_vault"))["valid"]!).ShouldBeTrue();
        (await ReadAsync(gateway, "query_events"))["events"]!.AsArray().Count.ShouldBe(count);
        await ReadAsync(gateway, "export_state");
        await ReadAsync(gateway, "export_vault");
        var sentence = $"{keyFile} is missing: without it the vault can be read, and takes no events and signs nothing.";
        foreach (var (tool, arguments) in Writes(format))
            (await gateway.Http.CallAsync(tool, arguments)).Text.ShouldContain(sentence, customMessage: tool);
        Contents().ShouldBe(before);
    }

    private (string Tool, string Arguments)[] Writes(string format)
    {
        var vault = $$"""{"vault_path":"{{Folder}}"}""";
        (string, string)[] both = [("append_event", Appended), ("checkpoint_vault", vault), ("rotate_key", vault), ("get_signed_head", vault)];
        return format == "psmc" ? both : [.. both, ("seal_vault", vault), ("issue_fencing_token", vault)];
    }

    private async Task<JsonNode> ReadAsync(TestGateway gateway, string tool)
    {
        var argument = tool == "export_state" ? "path" : "vault_path";
        var answer = await gateway.Http.CallAsync(tool, tool == "list_vaults" ? "{}" : $$"""{"{{argument}}":"{{Folder}}"}""");
        answer.Result["isError"].ShouldBeNull(answer.Text);
        return answer.Result["structuredContent"]!;
    }

    private List<(string, string)> Contents() =>
        [.. Files().Select(file => (file, Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(Folder, file))))))];

    private List<string> Files() =>
        [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal)];
}
