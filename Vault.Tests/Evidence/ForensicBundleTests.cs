using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Evidence;
using Granary.Vault.Evidence.Forensics;
using Granary.Vault.Storage.Files;
using Granary.Vault.Tests.Support;
using Granary.Vault.Tests.Verification;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;
using TestBackpack = Granary.Vault.Tests.Backpack.TestBackpack;

namespace Granary.Vault.Tests.Evidence;

public sealed class ForensicBundleTests
{
    [Fact]
    public async Task A_bundle_of_a_backpack_vault_verifies_by_itself()
    {
        using var key = Fixture.Key("root");
        var memory = await VaultAsync();
        var head = await LooseVault.From(memory).SignHeadAsync(key);
        using var folder = new TestFolder();
        var bundle = Path.Combine(folder.Path, "bundle");
        var files = await ForensicBundle.CreateAsync(memory, new ForensicOptions { Head = head, Exporter = "auditor" }, TestVault.Time, null, default);
        await EvidenceBundle.WriteFolderAsync(bundle, files, default);

        var report = await VaultVerifier.RunFolderAsync(bundle, new VerificationOptions { Head = head, TrustedKeys = [key.PublicKey] }, null, default);
        report.Findings.ShouldBeEmpty();
        report.Checks.Single(check => check.Name == "bundle").Summary.ShouldStartWith($"a forensic bundle of {files.Count - 3} files");
        var custody = Json(bundle, "chain_of_custody.json");
        custody.GetProperty("exported_by").GetString().ShouldBe("auditor");
        custody.GetProperty("exported_at_utc").GetString().ShouldBe("2026-01-05T09:00:00+00:00");
        custody.GetProperty("vault_uid").GetString().ShouldBe("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee");
        custody.GetProperty("event_tree_root").GetString().ShouldBe(head.Root);
        var signatures = Json(bundle, "signatures/signature_report.json");
        signatures.GetProperty("signed_events").GetInt64().ShouldBe(4);
        signatures.GetProperty("unsigned_events").GetInt64().ShouldBe(0);
        Json(bundle, "verification_report.json").GetProperty("report").GetProperty("valid").GetBoolean().ShouldBeTrue();
        File.ReadAllText(Path.Combine(bundle, "README.txt")).ShouldContain("provara verify FOLDER --head");
        File.ReadAllBytes(Path.Combine(bundle, "identity", "keys.json")).ShouldBe(memory.Documents[KeyRegistry.FileName]);
    }

    [Fact]
    public async Task Private_keys_are_never_in_a_bundle()
    {
        var memory = await VaultAsync();
        memory.Documents.ShouldContainKey(PrivateKeyFile.FileName);
        using var key = Fixture.Key("root");
        foreach (var (name, content) in await ReadAsync(await ForensicBundle.CreateAsync(memory, new ForensicOptions(), TestVault.Time, null, default)))
        {
            name.ShouldNotContain("private");
            Encoding.Latin1.GetString(content).ShouldNotContain(Convert.ToBase64String(key.ExportSeed()));
        }
        using var folder = new TestFolder();
        await TestVault.FillAsync(folder, 3);
        using var psmc = FolderReader.Open(folder.Vault);
        (await ReadAsync(await ForensicBundle.CreateAsync(psmc, new ForensicOptions(), TestVault.Time, null, default)))
            .ShouldAllBe(file => !Encoding.Latin1.GetString(file.Value).Contains("PRIVATE KEY"));
    }

    [Theory]
    [InlineData("chain_of_custody.json", "bundle.hash")]
    [InlineData("README.txt", "bundle.missing")]
    [InlineData("events/events.ndjson", "signatures.invalid")]
    [InlineData("extra.txt", "bundle.unlisted")]
    [InlineData("hashes.json", "bundle.form")]
    public async Task A_change_of_a_bundle_is_found(string name, string rule)
    {
        using var folder = new TestFolder();
        var bundle = Path.Combine(folder.Path, "bundle");
        await EvidenceBundle.WriteFolderAsync(bundle, await ForensicBundle.CreateAsync(await VaultAsync(), new ForensicOptions(), TestVault.Time, null, default), default);
        var path = Path.Combine(bundle, name);
        if (rule == "bundle.missing")
            File.Delete(path);
        else if (name == "events/events.ndjson")
            File.WriteAllText(path, File.ReadAllText(path).Replace("\"text\":\"one\"", "\"text\":\"two\""));
        else
            File.WriteAllText(path, "[]");
        var report = await VaultVerifier.RunFolderAsync(bundle, new VerificationOptions(), null, default);
        report.Valid.ShouldBeFalse();
        report.Findings.Select(finding => finding.Rule).ShouldContain(rule);
        report.Findings.ShouldAllBe(finding => finding.Reason.EndsWith('.'));
    }

    [Fact]
    public async Task A_bundle_of_a_psmc_vault_verifies_by_itself()
    {
        using var source = FolderReader.Open(Fixture.PathOf("sample-psmc-vault"));
        using var folder = new TestFolder();
        var bundle = Path.Combine(folder.Path, "bundle");
        await EvidenceBundle.WriteFolderAsync(bundle, await ForensicBundle.CreateAsync(source, new ForensicOptions(), TestVault.Time, null, default), default);
        File.ReadAllBytes(Path.Combine(bundle, "chain", "chain.ndjson")).ShouldBe(Fixture.Read("sample-psmc-vault/chain/chain.ndjson"));
        var report = await VaultVerifier.RunFolderAsync(bundle, new VerificationOptions { Mode = VerificationMode.Compatible }, null, default);
        report.Valid.ShouldBeTrue();
        report.Head.Count.ShouldBe(6);
        report.CountsByRule.Keys.ShouldNotContain(rule => rule.StartsWith("bundle", StringComparison.Ordinal));
        File.ReadAllText(Path.Combine(bundle, "README.txt")).ShouldContain("No signed head is in the bundle");
    }

    [Fact]
    public async Task A_zip_of_a_bundle_holds_the_same_files_and_comes_out_the_same_twice()
    {
        var files = await ForensicBundle.CreateAsync(await VaultAsync(), new ForensicOptions(), TestVault.Time, null, default);
        using var first = new MemoryStream();
        using var second = new MemoryStream();
        await EvidenceBundle.WriteZipAsync(first, files, TestVault.Time, default);
        await EvidenceBundle.WriteZipAsync(second, files, TestVault.Time, default);
        second.ToArray().ShouldBe(first.ToArray());
        using var zip = new ZipArchive(first);
        zip.Entries.Select(entry => entry.FullName).ShouldBe(files.Select(file => file.Name));
        using var stream = zip.GetEntry("hashes.json")!.Open();
        JsonDocument.Parse(stream).RootElement.GetProperty("files").EnumerateObject().Count().ShouldBe(files.Count - 3);
    }

    [Fact]
    public async Task A_folder_that_is_there_is_not_touched()
    {
        using var folder = new TestFolder();
        (await Should.ThrowAsync<EvidenceException>(() => EvidenceBundle.WriteFolderAsync(folder.Path, [], default))).Message.ShouldContain("exists already");
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "x");
        (await Should.ThrowAsync<EvidenceException>(() => EvidenceBundle.WriteFolderAsync(file, [], default))).Message.ShouldContain("exists already");
        (await Should.ThrowAsync<EvidenceException>(() => EvidenceBundle.WriteFolderAsync(Path.Combine(file, "below"), [EvidenceFile.Of("a", default)], default))).Message.ShouldContain("cannot be written");
    }

    private static async Task<MemoryBackpack> VaultAsync()
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        await TestBackpack.NoteAsync(vault, "one");
        await TestBackpack.NoteAsync(vault, "more", "agent_b");
        await vault.WriteSealPointAsync(TestBackpack.Time, default);
        return memory;
    }

    private static JsonElement Json(string bundle, string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(bundle, name))).RootElement;

    private static async Task<Dictionary<string, byte[]>> ReadAsync(IReadOnlyList<EvidenceFile> files)
    {
        var read = new Dictionary<string, byte[]>();
        foreach (var file in files)
        {
            using var stream = new MemoryStream();
            await file.WriteAsync(stream, default);
            read[file.Name] = stream.ToArray();
        }
        return read;
    }
}
