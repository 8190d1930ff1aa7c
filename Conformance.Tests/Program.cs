using Granary.Conformance.Tests.Fixtures;
using Granary.Gateway.Hosting;

namespace Granary.Conformance.Tests;

/// <summary>The real gateway with the conformance suite's fixtures plugged in; same flags, same pipeline.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => GatewayCommand.RunAsync(args, services => services.AddPlugins(typeof(FixtureTool).Assembly));
}
