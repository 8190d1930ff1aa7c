using System.CommandLine;
using Granary.Instana;
using Granary.Instana.Operations;

namespace Granary.Gateway.Hosting;

/// <summary><c>operations</c>: prints the table of Instana operations, which the tools, the simulator and the tests are made from.</summary>
internal static class OperationsCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object for each operation" };
        var command = new Command("operations", "The Instana operations: tool, name, request, parameters.") { json };
        command.SetAction(async (given, stop) =>
        {
            if (given.GetValue(json))
            {
                using var buffer = new MemoryStream();
                TableJson.Write(buffer, InstanaTools.Table);
                await Console.Out.WriteLineAsync(System.Text.Encoding.UTF8.GetString(buffer.ToArray()).AsMemory(), stop);
                return 0;
            }
            foreach (var tool in InstanaTools.Table)
            {
                foreach (var row in tool.Operations)
                    await Console.Out.WriteLineAsync($"{tool.Name} {row.ResourceType} {row.Name} {row.Subtype}: {row.Method} {row.Path}".AsMemory(), stop);
            }
            return 0;
        });
        return command;
    }
}
