using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Legacy.Calls;
using Granary.Gateway.Protocol.Legacy.Mesh;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Legacy.Sse;
using Granary.Tenants;
using Granary.Vault.Keys;

namespace Granary.Gateway.Tests.Protocol.Legacy.Mesh;

/// <summary>What gateways write for each other, and read from clients that may have made it up.</summary>
public sealed class MeshMessageTests
{
    [Fact]
    public void A_message_reads_as_it_was_written()
    {
        var message = new MeshMessage(MeshKind.Answer, "from", 7, "session") { Text = "te\u00e4xt", Number = -3, Body = new byte[] { 1, 2, 3 } };
        var read = MeshMessage.Read(message.ToBytes())!;
        (read with { Body = default }).ShouldBe(message with { Body = default });
        read.Body.ToArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void What_is_none_is_ignored()
    {
        var bytes = new MeshMessage(MeshKind.Cancel, "from", 7, "session") { Text = "text" }.ToBytes();
        for (var length = 0; length < bytes.Length; length++)
            MeshMessage.Read(bytes[..length]).ShouldBeNull();
        bytes[0] = 2;
        MeshMessage.Read(bytes).ShouldBeNull();
        MeshMessage.Read([1, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).ShouldBeNull();
    }

    [Fact]
    public void A_gateways_name_is_found_in_front_of_an_id()
    {
        var name = GatewayMark.CreateName();
        GatewayMark.CreateName().ShouldNotBe(name);
        GatewayMark.Find(GatewayMark.Put(name, "x.y")).ShouldBe(name);
        GatewayMark.Put("", "x").ShouldBe("x");
        foreach (var other in (string[])["", "x", name, $"{name[1..]}.x", Guid.NewGuid().ToString("N"), "????????????.x"])
            GatewayMark.Find(other).ShouldBeNull(other);
    }

    [Theory]
    [InlineData("g.r.MQ", "1")]
    [InlineData("g.r.ImEi", "\"a\"")]
    [InlineData("g.r", null)]
    [InlineData("g.r.", null)]
    [InlineData("g.r.e30", null)]
    [InlineData("g.r.MSAy", null)]
    [InlineData("g.r.Ig", null)]
    [InlineData("g.r.Iv8i", null)]
    [InlineData("g.r.?", null)]
    [InlineData("g.r.MQ.x", null)]
    public void The_request_in_a_streams_id_is_one_or_nothing(string stream, string? request) =>
        (Resumption.RequestOf(stream) is { } id ? System.Text.Encoding.UTF8.GetString(id) : null).ShouldBe(request);

    [Fact]
    public void The_address_of_a_stream_opens_for_its_caller_only()
    {
        using var ring = new TokenSeal(KeyRing.CreateFresh());
        using var other = new TokenSeal(KeyRing.CreateFresh());
        var (owner, stranger) = (Caller("a"), Caller("b"));
        var address = SseAddress.Create("gateway");
        var id = address.ToId(owner, ring);
        SseAddress.Open(id, owner, ring).ShouldBe(address);
        SseAddress.Open(id, stranger, ring).ShouldBeNull();
        SseAddress.Open(id, owner, other).ShouldBeNull();
        foreach (var wrong in (string[])["", "x", id[1..], id + "A", id.Replace(id[5], id[5] == 'A' ? 'B' : 'A')])
            SseAddress.Open(wrong, owner, ring).ShouldBeNull();
        var alone = SseAddress.Create("");
        SseAddress.Open(alone.ToId(owner, ring), owner, ring).ShouldBe(alone);
    }

    private static Principal Caller(string name) => new(TenantId.Default, name, new HashSet<string>());
}
