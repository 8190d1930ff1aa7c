using Granary.Vault.Psmc.Events;

namespace Granary.Vault.Tests.Psmc;

/// <summary>What records a change of the vault's key is written by that change alone: an event that only says so would break the vault.</summary>
public sealed class AppendedRotationTests
{
    [Theory]
    [InlineData("""{"action":"key_rotation"}""")]
    [InlineData("""{"action":"key_rotation","new_key_fingerprint":"bp1_0000000000000000","endorsement":""}""")]
    public void Appending_a_rotation_s_record_is_refused(string data) =>
        Should.Throw<PsmcInputException>(() => PreparedEvent.Append("migration", System.Text.Encoding.UTF8.GetBytes(data))).Message.ShouldContain("rotate_key");

    [Theory]
    [InlineData("migration", """{"action":"move"}""")]
    [InlineData("note", """{"action":"key_rotation"}""")]
    public void Other_migrations_and_other_types_are_appended(string type, string data) =>
        PreparedEvent.Append(type, System.Text.Encoding.UTF8.GetBytes(data)).Type.ShouldBe(type);
}
