using System.IO.Compression;
using System.Text;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Tests.Support;
using Granary.Vault.Verification.Reports;
using TestBackpack = Granary.Vault.Tests.Backpack.TestBackpack;

namespace Granary.Vault.Tests.Verification;

/// <summary>A manifest lists every file once, in order, inside the vault; root and signature alone do not say so.</summary>
public sealed class ManifestPathTests
{
    [Fact]
    public async Task A_last_entry_that_stands_twice_leaves_root_and_signature_and_is_refused()
    {
        var vault = await LooseVault.CreateAsync();
        // An odd number of files: the tree pairs the last one with itself.
        vault.Files["state/extra.json"] = "{}"u8.ToArray();
        Seal(vault);
        if (Read(vault).Entries.Count % 2 == 0)
        {
            vault.Files["state/more.json"] = "{}"u8.ToArray();
            Seal(vault);
        }
        (await vault.VerifyAsync()).Valid.ShouldBeTrue();
        var manifest = Read(vault);
        Write(vault, [.. manifest.Entries, manifest.Entries[^1]]);
        Read(vault).MerkleRoot().ShouldBe(manifest.MerkleRoot());
        await ShouldFindAsync(vault, "manifest.duplicate");
    }

    [Fact]
    public async Task Files_out_of_order_are_refused_however_they_are_signed()
    {
        var vault = await LooseVault.CreateAsync();
        Write(vault, [.. Read(vault).Entries.Reverse()], sign: true);
        await ShouldFindAsync(vault, "manifest.order");
    }

    [Theory]
    [InlineData("state/a.json", "state/A.json")]
    [InlineData("state/\u00e9.json", "state/e\u0301.json")]
    public async Task Two_spellings_that_are_one_file_elsewhere_are_refused(string one, string two)
    {
        var vault = await LooseVault.CreateAsync();
        (vault.Files[one], vault.Files[two]) = ("{}"u8.ToArray(), "{}"u8.ToArray());
        Seal(vault);
        await ShouldFindAsync(vault, "manifest.duplicate");
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("state/../../outside")]
    [InlineData("state//x")]
    [InlineData("./state/x")]
    [InlineData("C:/x")]
    [InlineData("state\\x")]
    [InlineData("state/x\u0000")]
    [InlineData("state/x\n")]
    [InlineData("state/x.")]
    [InlineData("")]
    public async Task A_path_outside_the_vault_is_refused(string path)
    {
        var vault = await LooseVault.CreateAsync();
        var entries = Read(vault).Entries.Append(new ManifestEntry(path, new string('0', 64), 0)).OrderBy(entry => entry.Path, StringComparer.Ordinal);
        Write(vault, [.. entries], sign: true);
        await ShouldFindAsync(vault, "manifest.path");
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("identity/private_keys.json")]
    public async Task What_is_never_listed_is_refused_in_the_list(string path)
    {
        var vault = await LooseVault.CreateAsync();
        var entries = Read(vault).Entries.Append(new ManifestEntry(path, new string('0', 64), 0)).OrderBy(entry => entry.Path, StringComparer.Ordinal);
        Write(vault, [.. entries], sign: true);
        await ShouldFindAsync(vault, "manifest.excluded");
    }

    [Fact]
    public async Task An_unlisted_key_store_without_a_key_is_a_warning_and_with_one_a_phantom()
    {
        var vault = await LooseVault.CreateAsync();
        foreach (var empty in (byte[][])[[], Unpack(EmptyStore)])
        {
            vault.Files["identity/privacy_keys.db"] = empty;
            var report = await vault.VerifyAsync();
            report.Valid.ShouldBeTrue();
            report.Findings.ShouldContain(finding => finding.Rule == "manifest.empty_key_store" && finding.Severity == FindingSeverity.Warning);
        }
        foreach (var full in (byte[][])[Unpack(StoreOfOneKey), "nonsense"u8.ToArray(), [.. Unpack(EmptyStore)[..^1]]])
        {
            vault.Files["identity/privacy_keys.db"] = full;
            await ShouldFindAsync(vault, "manifest.phantom");
        }
    }

    [Fact]
    public async Task Time_that_runs_backwards_from_one_actor_to_another_is_found()
    {
        var vault = await LooseVault.CreateAsync(notes: 2);
        using var key = Fixture.Key("root");
        (await vault.VerifyAsync()).Findings.ShouldNotContain(finding => finding.Rule == "events.time_order");
        var builder = new BackpackEventBuilder(key);
        var late = PreparedBackpackEvent.Create("com.example.note", "{}"u8, "agent_c");
        var built = builder.Build(late, ChainLink.First, TestBackpack.Time.GetUtcNow().AddHours(1));
        vault.Lines.Insert(2, Encoding.UTF8.GetString(built.Entry.Event.Span));
        vault.Reseal(key);
        var report = await vault.VerifyAsync();
        report.Findings.ShouldContain(finding => finding.Rule == "events.time_order" && finding.Reason.Contains("agent_c", StringComparison.Ordinal));
        report.Valid.ShouldBeTrue();
    }

    // Both made by CPython's sqlite3 with the reference's schema: CREATE TABLE keys (...), two indexes; then with one row.
    private const string EmptyStore = "H4sIAAAAAAACA+3XzUrDQBDA8V3bqgi1eig9OjdbKIJ49GKqORRjqjVCe5AQmxWKH8U2ih71nXwOX6dHs4ta0YMeRf4/2CWTyUw+yGWOj4JhZuR8NL5KMtlSK0prtSOilCrkq6RmbFz8FGv1s4LaGOhyZaqKy8+qsl15WZ7mBwAAAAAA/IZXnK+tVfXp8Do198P0PjZ35jq7MA+T0m7X9yJf2uGe35OPlHRCsem6i+Jh2vAKX1okg2w0ttcUv7VwqY8WLrItHlf1Qq1a1U+lLDm7NDZp19xbfeS1At+VSD3f8wqJ/F4kh932gdfty77fb9p0fPaQmYm0gk5Lwk4k4UkQNGUwNklm0jgfyl3VLPN+f3e+Ke9v5MLG+tx8bbuqlXutyc1lPtvHyW02cnFsHybetLud5RftpyzbbYVfCgAAAACA/2yJ+R8AAAAAAOZ/AAAAAADA/A8AAAAAAP68V5XjgE0AUAAA";
    private const string StoreOfOneKey = "H4sIAAAAAAACA+3YTW/TMBjAcbtJu3bQZoOF8D7f2KRq2oa0yy6kkMNEaKEEaTugKGs8qdpLtTag7QjfiY+B+DhM4kJs1k2CA1yp/j/ZVuwnjxPn9uTtm3hYaHUwGh9nhXoqFoSU4plSQgi37FVxzblcm5Li71yxNpBN70K4rS/C2/a+tS7KCwAAAAAA/kXo1oJlX74fnuT6bJifpfqjPikO9fmk+rwfhUmkdrovol11FVK9rjLhFTtLh/lq6Py2RTYoRmNzj/vHFjZ0tYWdmS0+Lcq5wPfl52qR7R9pEzS9cpmfhJ04silqpRzLDJVEu4l63d95Ffb31Mtor23C6f55oSeqE/c6qttLVPddHLfVYKyzQudpWZTbrOvI9Pl2va2mJ7LT1SeVWrDtS2GPNTk9Kmv7NPtQjOw8NS+TbpjR1PJ18ymbppD3voqyAQAAAACA/8GGrAWx73m5PkzXhaw4brU2V2/M37jZbHkLi7duL/l3grv37j94+Ojx8ub65lam5239/12UDQAAAAAAzJa6EzTsX4Jf9f8PUTYAAAAAADB7XMdrZNT/AAAAAADMfP2vfwJaX1/XAFAAAA==";

    private static byte[] Unpack(string text)
    {
        using var packed = new GZipStream(new MemoryStream(Convert.FromBase64String(text)), CompressionMode.Decompress);
        using var content = new MemoryStream();
        packed.CopyTo(content);
        return content.ToArray();
    }

    private static Manifest Read(LooseVault vault) => Manifest.Read(vault.Files[Manifest.FileName]);

    private static void Seal(LooseVault vault)
    {
        using var key = Fixture.Key("root");
        vault.Reseal(key);
    }

    private static void Write(LooseVault vault, IReadOnlyList<ManifestEntry> entries, bool sign = false)
    {
        var manifest = Read(vault) with { Entries = entries };
        vault.Files[Manifest.FileName] = manifest.Write();
        if (!sign)
            return;
        using var key = Fixture.Key("root");
        vault.Files[Manifest.RootName] = Encoding.ASCII.GetBytes(manifest.MerkleRoot() + "\n");
        vault.Files[ManifestSignature.FileName] = ManifestSignature.Sign(manifest.MerkleRoot(), key, TestVault.Time).Write();
    }

    private static async Task ShouldFindAsync(LooseVault vault, string rule)
    {
        var report = await vault.VerifyAsync();
        report.Valid.ShouldBeFalse();
        report.Findings.Select(finding => finding.Rule).ShouldContain(rule);
    }
}
