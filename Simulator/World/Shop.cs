namespace Granary.Simulator.World;

/// <summary>A service of the shop.</summary>
internal sealed record ShopService(string Id, string Name, string Host, string Pod);

/// <summary>What stands in the simulated world, however the dice fall: later domains tell of the same things.</summary>
internal static class Shop
{
    public const string ApplicationId = "app-robot";
    public const string ApplicationName = "Robot Shop";
    public const string Namespace = "robot-shop";

    public static readonly IReadOnlyList<ShopService> Services =
    [
        new("svc-cat", "catalogue", "host-1", "catalogue-6c9df"),
        new("svc-cart", "cart", "host-1", "cart-7bf78"),
        new("svc-rat", "ratings", "host-2", "ratings-58d4c"),
        new("svc-pay", "payment", "host-2", "payment-84b6f"),
        new("svc-ship", "shipping", "host-3", "shipping-5fd9b"),
        new("svc-user", "user", "host-3", "user-7d6c4"),
        new("svc-web", "web", "host-1", "web-6b7c8"),
    ];

    public static readonly IReadOnlyList<string> Hosts = ["host-1", "host-2", "host-3"];
}
