using System.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Backpack;

/// <summary>A vault that passes all of the reference's own checks, made again from its seeds and times: every file, byte for byte.</summary>
public sealed class StrictSampleVaultTests
{
    private const string Sample = "sample-vault-strict";
    private static readonly DateTimeOffset Born = new(2026, 3, 1, 8, 0, 0, 250, TimeSpan.Zero);

    [Fact]
    public void Seeds_and_times_give_all_ten_files()
    {
        using var root = Fixture.Key("root");
        using var quorum = Fixture.Key("quorum");
        var made = Bootstrap(root, quorum, ScriptedTime.From(Born));
        var chains = new BackpackChains();
        var log = new List<byte>();
        foreach (var entry in made.Entries)
        {
            chains.Apply(entry.Event.Span);
            log.AddRange([.. entry.Event.Span, (byte)'\n']);
        }
        var rootBuilder = new BackpackEventBuilder(root);
        var quorumBuilder = new BackpackEventBuilder(quorum);
        foreach (var line in SampleEvents.Of(Sample).Skip(2))
        {
            var builder = SampleEvents.KeyOf(line) == rootBuilder.KeyId ? rootBuilder : quorumBuilder;
            var prepared = SampleEvents.Prepare(line);
            var built = builder.Build(prepared, chains.Next(prepared.Actor), SampleEvents.TimeOf(line));
            chains.Apply(built);
            log.AddRange([.. built.Entry.Event.Span, (byte)'\n']);
        }
        var files = new ManifestBuilder();
        var written = made.Documents.Where(document => document.Name is not ("manifest.json" or "merkle_root.txt" or "manifest.sig"))
            .ToDictionary(document => document.Name, document => document.Content.ToArray());
        written[SampleEvents.LogName] = [.. log];
        foreach (var (name, content) in written)
            files.Add(name, content);
        foreach (var document in SealPoint.Documents(files, root, ScriptedTime.From(Born.AddMilliseconds(16 * 1001))))
            written[document.Name] = document.Content.ToArray();
        written.Remove(PrivateKeyFile.FileName);

        written.Keys.Order(StringComparer.Ordinal).ShouldBe(FilesOf(Sample));
        foreach (var (name, content) in written)
            Encoding.UTF8.GetString(content).ShouldBe(Encoding.UTF8.GetString(Fixture.Read($"{Sample}/{name}")), name);
    }

    [Fact]
    public void A_new_vault_is_complete_before_the_first_append()
    {
        using var root = Fixture.Key("root");
        var made = BackpackBootstrap.Create(new BackpackBirth { Root = root, Uid = "u" }, ScriptedTime.From(Born));
        var files = made.Documents.ToDictionary(document => document.Name, document => document.Content);
        var manifest = Manifest.Read(files["manifest.json"]);
        manifest.Entries.Select(entry => entry.Path).ShouldBe(FilesOf(Sample).Where(name => !Manifest.IsExcluded(name)));
        ManifestSignature.Read(files["manifest.sig"].Span).IsSignedBy(root.PublicKey).ShouldBeTrue();
        Encoding.ASCII.GetString(files["merkle_root.txt"].Span).ShouldBe(manifest.MerkleRoot() + "\n");
        files["policies/sync_contract.json"].Length.ShouldBe(496);
        made.Documents.Single(document => document.Secret).Name.ShouldBe(PrivateKeyFile.FileName);
        using var keys = PrivateKeyFile.Read(files[PrivateKeyFile.FileName].Span);
        keys.Keys.Single().PublicKey.KeyId.ShouldBe(root.PublicKey.KeyId);
    }

    [Fact]
    public void A_vault_can_be_born_without_private_keys()
    {
        using var root = Fixture.Key("root");
        BackpackBootstrap.Create(new BackpackBirth { Root = root, Uid = "u", KeepPrivateKeys = false }, ScriptedTime.From(Born))
            .Documents.ShouldNotContain(document => document.Secret);
    }

    [Fact]
    public void An_encrypted_vault_says_so()
    {
        using var root = Fixture.Key("root");
        var made = BackpackBootstrap.Create(new BackpackBirth { Root = root, Uid = "u", Encrypted = true }, ScriptedTime.From(Born));
        Encoding.UTF8.GetString(made.Documents.Single(document => document.Name == EncryptedPayload.ConfigurationName).Content.Span).ShouldBe(
            """
            {
              "encryption_enabled": true,
              "encryption_mode": "per-event",
              "algorithm": "AES-256-GCM",
              "created_at": "2026-03-01T08:00:00.250000+00:00"
            }
            """.ReplaceLineEndings("\n"));
        Manifest.Read(made.Documents.Single(document => document.Name == Manifest.FileName).Content).Entries
            .ShouldContain(entry => entry.Path == EncryptedPayload.ConfigurationName);
    }

    [Theory]
    [InlineData("", "a", "uid")]
    [InlineData("u", " ", "actor")]
    public void A_birth_needs_uid_and_actor(string uid, string actor, string named)
    {
        using var root = Fixture.Key("root");
        Should.Throw<BackpackInputException>(() => BackpackBootstrap.Create(new BackpackBirth { Root = root, Uid = uid, Actor = actor }, ScriptedTime.From(Born)))
            .Message.ShouldContain(named);
    }

    private static BackpackBootstrap Bootstrap(Granary.Vault.Keys.SigningKey root, Granary.Vault.Keys.SigningKey quorum, TimeProvider time) =>
        BackpackBootstrap.Create(
            new BackpackBirth { Root = root, Quorum = quorum, Uid = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", Actor = "tenant_root" }, time);

    private static IEnumerable<string> FilesOf(string vault) =>
        Directory.EnumerateFiles(Fixture.PathOf(vault), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Fixture.PathOf(vault), file).Replace('\\', '/')).Order(StringComparer.Ordinal);
}
