using System.Text;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Backpack;

public sealed class KeyFilesTests
{
    private const string Id = "bp1_56475aa75463474c";
    private const string Seed = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    [Theory]
    [InlineData($$"""{"keys":[{"key_id":"{{Id}}","private_key_b64":"{{Seed}}","algorithm":"Ed25519"}]}""")]
    [InlineData($$"""{"{{Id}}":"{{Seed}}","WARNING":"keep this safe"}""")]
    [InlineData($$"""{"WARNING":"x","root":{"key_id":"{{Id}}","private_key_b64":"{{Seed}}"} }""")]
    public void Each_of_the_three_shapes_is_read(string json)
    {
        using var file = PrivateKeyFile.Read(Encoding.UTF8.GetBytes(json));
        file.Keys.Single().PublicKey.KeyId.ShouldBe(Id);
        file.Find(Id).ShouldNotBeNull();
        file.Find("bp1_0000000000000000").ShouldBeNull();
    }

    [Theory]
    [InlineData("{}", "no key")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{", "not JSON")]
    [InlineData($$"""{"{{Id}}":"AAEC"}""", "32 bytes")]
    [InlineData($$"""{"bp1_0000000000000000":"{{Seed}}"}""", Id)]
    public void A_key_file_that_will_not_do_is_refused_without_showing_a_seed(string json, string reason)
    {
        var message = Should.Throw<FormatException>(() => PrivateKeyFile.Read(Encoding.UTF8.GetBytes(json))).Message;
        message.ShouldContain(reason);
        message.ShouldNotContain(Seed);
    }

    [Fact]
    public void Keys_are_written_as_the_reference_does()
    {
        using var root = Fixture.Key("root");
        Encoding.UTF8.GetString(PrivateKeyFile.Write([root])).ShouldBe(
            $$"""
            {
              "keys": [
                {
                  "key_id": "{{Id}}",
                  "private_key_b64": "{{Seed}}",
                  "algorithm": "Ed25519"
                }
              ]
            }
            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Unknown_members_of_the_registry_survive()
    {
        var json = Encoding.UTF8.GetString(Fixture.Read($"sample-vault-strict/{KeyRegistry.FileName}")).Replace("\"revocations\"", "\"note\": \"naïve\",\n  \"revocations\"");
        var registry = KeyRegistry.Read(Encoding.UTF8.GetBytes(json));
        Encoding.UTF8.GetString(registry.Write()).ShouldBe(json);
        registry.Keys.ShouldAllBe(key => key.HasOwnId && key.IsActive);
        registry.Find(Id)!.Roles.ShouldBe(["root", "attestation"]);
        registry.Find(Id)!.Scopes.ShouldBe(["all"]);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    public void What_is_not_a_registry_is_refused(string json) => Should.Throw<FormatException>(() => KeyRegistry.Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("Ed25519", "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg= ", false)]
    [InlineData("RSA", "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=", false)]
    [InlineData("Ed25519", "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=", true)]
    public void Only_a_well_formed_key_counts(string algorithm, string text, bool counts)
    {
        var registry = KeyRegistry.Read(Encoding.UTF8.GetBytes(
            $$"""{"keys":[{"key_id":"{{Id}}","algorithm":"{{algorithm}}","public_key_b64":"{{text}}","status":"active"}]}"""));
        (registry.Find(Id)!.Key is not null).ShouldBe(counts);
        registry.Find(Id)!.HasOwnId.ShouldBe(counts);
    }
}
