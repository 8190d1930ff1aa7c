namespace Granary.Gateway.Tests.Architecture;

/// <summary>
/// The namespaces of a project are rooms, and dependencies between them point one way, also between a room and the rooms inside it. Between projects
/// the compiler sees to that.
/// </summary>
public sealed class RoomTests
{
    public static TheoryData<string> Projects => [.. Rooms.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Namespaces_depend_one_way(string project) =>
        Rooms.Of(project).Circles().Select(arrow => $"{arrow.From} -> {arrow.To} ({arrow.File})").ShouldBeEmpty();

    [Theory]
    [InlineData("Granary.Gateway.Tools", "Granary.Gateway.Invocation")]
    [InlineData("Granary.Gateway.Protocol.Http", "Granary.Gateway.Protocol.Calls")]
    [InlineData("Granary.Gateway.Protocol.Legacy", "Granary.Gateway.Protocol.Legacy.Sse")]
    public void Arrows_are_found(string from, string to) =>
        Rooms.Of("Gateway").Arrows.ShouldContain(arrow => arrow.From == from && arrow.To == to);

    /// <summary>Deleting one folder, and the line that registers it, is all it takes to drop the older revisions.</summary>
    [Fact]
    public void Nothing_uses_the_older_revisions_but_what_composes_the_gateway() =>
        Rooms.Of("Gateway").Arrows
            .Where(arrow => IsLegacy(arrow.To) && !IsLegacy(arrow.From))
            .Select(arrow => (arrow.From, arrow.File))
            .ShouldBe([("Granary.Gateway.Hosting", Path.Combine("Hosting", "GatewayServices.cs"))]);

    private static bool IsLegacy(string room) => room.StartsWith("Granary.Gateway.Protocol.Legacy", StringComparison.Ordinal);
}
