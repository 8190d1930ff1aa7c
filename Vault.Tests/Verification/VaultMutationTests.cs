using System.Text;
using FsCheck.Xunit;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Tests.Support;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;
using TestBackpack = Granary.Vault.Tests.Backpack.TestBackpack;

namespace Granary.Vault.Tests.Verification;

/// <summary>Wherever a byte or a line of a sealed vault is changed, strict verification finds it: its files vouch for each other, and the root key for them.</summary>
public sealed class VaultMutationTests
{
    private static readonly Dictionary<string, byte[]> Original = CreateAsync().GetAwaiter().GetResult();

    // The private keys are the owner's and no part of what is verified.
    private static readonly string[] Names = [.. Original.Keys.Where(name => name != PrivateKeyFile.FileName).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Files => [.. Names];

    [Fact]
    public void Unchanged_it_is_strictly_valid() => Verify(Original).Findings.Where(finding => finding.Severity != FindingSeverity.Note).ShouldBeEmpty();

    [Property(MaxTest = 600)]
    public void A_changed_byte_is_found(ushort file, uint at, byte change)
    {
        var name = Names[file % Names.Length];
        var content = (byte[])Original[name].Clone();
        content[at % (uint)content.Length] ^= change == 0 ? (byte)1 : change;
        ShouldBeFound(name, content);
    }

    [Property(MaxTest = 400)]
    public void Bytes_that_are_missing_or_added_are_found(ushort file, uint at, byte[] added, byte missing)
    {
        var name = Names[file % Names.Length];
        var content = Original[name];
        var start = (int)(at % (uint)(content.Length + 1));
        ShouldBeFound(name, [.. content[..start], .. added, .. content[Math.Min(content.Length, start + missing)..]]);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_line_that_is_missing_doubled_or_in_another_place_is_found(string name)
    {
        var lines = Encoding.UTF8.GetString(Original[name]).Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            ShouldBeFound(name, Join([.. lines[..i], .. lines[(i + 1)..]]));
            ShouldBeFound(name, Join([.. lines[..i], lines[i], .. lines[i..]]));
            if (i > 0)
                ShouldBeFound(name, Join([.. lines[..(i - 1)], lines[i], lines[i - 1], .. lines[(i + 1)..]]));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_is_missing_empty_or_under_another_name_is_found(string name)
    {
        ShouldBeFound(name, []);
        var without = new Dictionary<string, byte[]>(Original);
        without.Remove(name, out var content);
        Verify(without).Valid.ShouldBeFalse(name);
        without[name + ".bak"] = content!;
        Verify(without).Valid.ShouldBeFalse(name);
        Verify(new Dictionary<string, byte[]>(Original) { [name + ".bak"] = content! }).Valid.ShouldBeFalse(name);
    }

    private static void ShouldBeFound(string name, byte[] content)
    {
        if (content.AsSpan().SequenceEqual(Original[name]) || SaysAnotherTimeOnly(name, content))
            return;
        Verify(new Dictionary<string, byte[]>(Original) { [name] = content }).Valid.ShouldBeFalse($"{name}: {Encoding.UTF8.GetString(content)}");
    }

    /// <summary>When the manifest was made is nobody's word: the reference's root covers the files only, and the signature has a time of its own.</summary>
    private static bool SaysAnotherTimeOnly(string name, byte[] content)
    {
        try
        {
            return name == Manifest.FileName
                && (Manifest.Read(content) with { CreatedAt = Manifest.Read(Original[name]).CreatedAt }).Write().AsSpan().SequenceEqual(Original[name])
                && Manifest.Read(content).Write().AsSpan().SequenceEqual(content);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static byte[] Join(IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Join('\n', lines));

    /// <summary>A vault that was redacted and whose key was rotated.</summary>
    private static async Task<Dictionary<string, byte[]>> CreateAsync()
    {
        using var promoted = Fixture.Key("rotated");
        var vault = await LooseVault.CreateAsync(notes: 4, async open =>
        {
            var time = TestBackpack.Time;
            var target = await TestBackpack.NoteAsync(open, "erased");
            await open.ApplyAsync(await Redaction.PlanAsync(open, new RedactionRequest(target.EventId, "OTHER"), time.GetUtcNow(), default), time, default);
            await open.ApplyAsync(await KeyRotation.PlanAsync(open, new RotationRequest(open.PublicKey.KeyId, promoted), time.GetUtcNow(), default), time, default);
            await TestBackpack.NoteAsync(open, "after");
        });
        return new Dictionary<string, byte[]>(vault.Files) { [LooseVault.Log] = Join(vault.Lines.Append("")) };
    }

    private static VaultReport Verify(Dictionary<string, byte[]> files)
    {
        using var folder = new TestFolder();
        foreach (var name in (string[])["state", "artifacts/cas"])
            Directory.CreateDirectory(Path.Combine(folder.Path, name));
        foreach (var (name, content) in files)
        {
            var path = Path.Combine(folder.Path, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
        }
        return VaultVerifier.RunFolderAsync(folder.Path, new VerificationOptions(), null, default).GetAwaiter().GetResult();
    }
}
